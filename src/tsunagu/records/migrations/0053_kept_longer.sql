-- A report that is put back after its last day waits again: it would be erased the next night.
GRANT UPDATE (keep_until) ON report TO :app:;
