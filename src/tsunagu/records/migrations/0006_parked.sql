-- The linker sets an item apart that it cannot compare; whoever examines the item anew lets it be compared again.
GRANT SELECT (parked), UPDATE (parked) ON media_item TO :linker:;
GRANT UPDATE (parked) ON media_item TO :app:;

-- Who extends a benign bank marks it in the same transaction, and the linker takes the mark away with applying it.
GRANT SELECT (unapplied), UPDATE (unapplied) ON bank TO :linker:;
GRANT UPDATE (unapplied) ON bank TO :app:;
