-- The linker numbers items as it compares them, alone and so in the order of its commits, and tells which snapshots were
-- published; whoever examines anew what was compared takes its number away.
CREATE SEQUENCE compared_items;
GRANT USAGE ON SEQUENCE compared_items TO :linker:;
GRANT SELECT (compared), UPDATE (compared) ON media_item TO :linker:;
GRANT UPDATE (compared) ON media_item TO :app:;
ALTER TABLE held_snapshot ENABLE ROW LEVEL SECURITY;
ALTER TABLE held_snapshot FORCE ROW LEVEL SECURITY;
CREATE POLICY linker ON held_snapshot TO :linker: USING (true);
GRANT SELECT, INSERT, DELETE ON held_snapshot TO :linker:;
