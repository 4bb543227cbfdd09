GRANT SELECT (disabled_until) ON bank_item TO :linker:;
GRANT UPDATE (disabled_until) ON bank_item TO :app:;
GRANT UPDATE (name) ON bank TO :app:;
