-- Places in the log of changes are drawn under a lock that is held until the commit: what has a smaller one was
-- committed before, so that whoever follows the log misses nothing.
CREATE FUNCTION bank_log_locked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(7400102);
    RETURN NULL;
END
$$;
CREATE TRIGGER log_locked BEFORE INSERT OR UPDATE OF withdrawn ON bank_item
    FOR EACH STATEMENT EXECUTE FUNCTION bank_log_locked();

-- What was a bank's digest or fingerprint becomes an item with nothing else. The owner is bound by row-level security.
ALTER TABLE bank NO FORCE ROW LEVEL SECURITY;
ALTER TABLE bank_entry NO FORCE ROW LEVEL SECURITY;
INSERT INTO bank_item (agency_id, bank_id, key, sha256, pdq, added_at)
SELECT agency_id, bank_id, encode(substr(sha256(CASE kind WHEN 'sha256' THEN '\x000020'::bytea || data || '\x00'::bytea
                                                 ELSE '\x00000020'::bytea || data END), 1, 16), 'hex')::uuid,
       CASE kind WHEN 'sha256' THEN data END, CASE kind WHEN 'pdq-1' THEN data END, added_at
FROM bank_entry WHERE kind IN ('sha256', 'pdq-1') ORDER BY id;
UPDATE bank SET items = (SELECT count(*) FROM bank_item WHERE bank_id = bank.id);
ALTER TABLE bank FORCE ROW LEVEL SECURITY;

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['bank_import', 'bank_item', 'look_up_day', 'look_up_hit', 'recent_query'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY own_agency ON %I TO :app: USING '
                       '(agency_id = current_setting(''tsunagu.agency'')::uuid)', name);
        EXECUTE format('CREATE POLICY linker ON %I TO :linker: USING (true)', name);
    END LOOP;
END
$$;
-- Asked once a statement, not once a row.
CREATE POLICY seen_bank ON bank_item AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK (bank_id IN (SELECT id FROM bank));
CREATE POLICY seen_bank ON bank_import AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK (
    bank_id IN (SELECT id FROM bank));
-- What was withdrawn stays withdrawn: its place in the log is told once.
CREATE POLICY not_withdrawn ON bank_item AS RESTRICTIVE FOR UPDATE TO :app: USING (withdrawn IS NULL) WITH CHECK (true);

GRANT SELECT (name, radius_bits, is_on, is_open, share_percent, expires_on) ON bank TO :linker:;
GRANT UPDATE (radius_bits, is_on, is_open, share_percent, expires_on, items, unapplied) ON bank TO :app:;
GRANT SELECT (id, agency_id, bank_id, done_at) ON bank_import TO :linker:;
GRANT SELECT (id, agency_id, bank_id, import_id, md5, sha1, sha256, pdq, opinion, quarantine, withdrawn)
    ON bank_item TO :linker:;
GRANT SELECT, INSERT ON bank_import, bank_item TO :app:;
GRANT UPDATE (rows_in, imported, repeated, refused, lost_fields, done_at, failure) ON bank_import TO :app:;
GRANT UPDATE (key, md5, sha1, sha256, pdq, details, opinion, quarantine, withdrawn) ON bank_item TO :app:;

-- Looking up is the linker's: what is asked, of whose bank, and what the owner is told of it.
GRANT SELECT, INSERT, UPDATE (queries) ON look_up_day TO :linker:;
GRANT INSERT ON look_up_hit TO :linker:;
GRANT SELECT, INSERT, DELETE ON recent_query TO :linker:;
GRANT SELECT ON look_up_day, look_up_hit TO :app:;
GRANT SELECT ON recent_query TO :app:;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO :app:, :linker:;
