-- The directory is open to all members, and a hit names the owner of its bank: the linker reads that much of it.
CREATE POLICY directory_of_owners ON agency FOR SELECT TO :linker: USING (true);
GRANT SELECT (id, name, country, contact) ON agency TO :linker:;
