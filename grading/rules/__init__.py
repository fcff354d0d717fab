"""Rules of grading: the files of this version, schemes of sectors and regions, what another version would change."""
