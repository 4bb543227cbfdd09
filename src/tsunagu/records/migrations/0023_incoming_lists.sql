-- A list on its way into a bank is its own agency's, and so is its bank.
ALTER TABLE incoming_list ENABLE ROW LEVEL SECURITY;
ALTER TABLE incoming_list FORCE ROW LEVEL SECURITY;
CREATE POLICY own_agency ON incoming_list TO :app: USING (agency_id = current_setting('tsunagu.agency')::uuid);
CREATE POLICY seen_bank ON incoming_list AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK (
    bank_id IN (SELECT id FROM bank));

-- What became of it stays as it is.
CREATE POLICY not_ended ON incoming_list AS RESTRICTIVE FOR UPDATE TO :app: USING (ended_at IS NULL) WITH CHECK (
    import_id IS NULL OR import_id IN (SELECT id FROM bank_import));

GRANT SELECT, INSERT, UPDATE (state, touched_at, ended_at, attempts, failure, import_id) ON incoming_list TO :app:;
GRANT UPDATE (read_bytes) ON bank_import TO :app:;
