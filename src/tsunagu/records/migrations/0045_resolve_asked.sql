GRANT UPDATE (resolve_asked_at) ON seized_list TO :app:;
