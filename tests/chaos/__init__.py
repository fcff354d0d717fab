"""Jobs while workers are killed, the broker forgets and the database restarts: nothing lost, nothing twice."""
