CREATE TABLE chaos_effect (label text NOT NULL, job bigint NOT NULL, attempt integer NOT NULL);
CREATE TABLE chaos_failure (label text NOT NULL);
CREATE TABLE chaos_transition (
    id bigint GENERATED ALWAYS AS IDENTITY, job bigint NOT NULL, attempt integer NOT NULL,
    source text NOT NULL, target text NOT NULL
);
CREATE FUNCTION chaos_note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO chaos_transition (job, attempt, source, target) VALUES (NEW.id, NEW.attempt, OLD.state, NEW.state);
    RETURN NULL;
END $$;
CREATE TRIGGER chaos_note AFTER UPDATE OF state ON jobs_job
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION chaos_note();
