GRANT UPDATE (called_at, reached_at, failed_calls) ON hub_member TO :app:;
