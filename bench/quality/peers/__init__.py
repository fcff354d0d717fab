"""One module a contestant: `run(path, file)` does its whole work on a file and says what it saw, for checking."""
