-- Who may touch what. Each name between colons is replaced by the quoted name of a role.

-- Row-level security: the net under a forgotten filter. `current_setting` without the lenient flag makes an
-- unset agency an error instead of an empty answer.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['officer', 'sign_in', 'invitation', 'case', 'case_member', 'exhibit', 'media_item',
                                'holding', 'fingerprint', 'overlap_notice', 'judgement', 'bank', 'bank_entry'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY own_agency ON %I TO :app: USING '
                       '(agency_id = current_setting(''tsunagu.agency'')::uuid)', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['login', 'overlap', 'hit'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    END LOOP;
END
$$;

-- A login shows itself to one who names it exactly, or to its own agency when it is being made.
CREATE POLICY named_exactly ON login FOR SELECT TO :app: USING (login = current_setting('tsunagu.login'));
CREATE POLICY own_agency ON login FOR INSERT TO :app: WITH CHECK (agency_id = current_setting('tsunagu.agency')::uuid);

-- A notice that is withheld from its side, for the other case is covert, does not exist for that side.
CREATE POLICY not_withheld ON overlap_notice AS RESTRICTIVE TO :app: USING (NOT withheld);

-- What was learnt of a content stays as it is, unless our own process failed at it: then another run may replace it.
CREATE POLICY cut_short ON media_item AS RESTRICTIVE FOR UPDATE TO :app: USING (
    refused IN ('decoder-died', 'out-of-memory', 'out-of-time')) WITH CHECK (true);
CREATE POLICY cut_short ON fingerprint AS RESTRICTIVE FOR DELETE TO :app: USING (
    EXISTS (SELECT FROM media_item WHERE media_item.id = fingerprint.item_id
            AND refused IN ('decoder-died', 'out-of-memory', 'out-of-time')));

-- A second factor is its officer's, and so his agency's.
ALTER TABLE mfa_authenticator ENABLE ROW LEVEL SECURITY;
ALTER TABLE mfa_authenticator FORCE ROW LEVEL SECURITY;
CREATE POLICY own_agency ON mfa_authenticator TO :app: USING (
    EXISTS (SELECT FROM officer WHERE officer.id = mfa_authenticator.user_id));

-- A hit is seen by the two sides of its overlap, once both have shared.
CREATE POLICY shared_by_both ON overlap FOR SELECT TO :app: USING (
    shared_a AND shared_b AND current_setting('tsunagu.agency')::uuid IN (agency_a, agency_b));
CREATE POLICY shared_by_both ON hit FOR SELECT TO :app: USING (
    EXISTS (SELECT FROM overlap WHERE overlap.id = hit.overlap_id));

-- A foreign key is checked past these policies: without more, who may not see a case or a hit could hang something on
-- it, or tell from the refusal that it is there.
CREATE POLICY seen_case ON case_member AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK (
    EXISTS (SELECT FROM "case" WHERE "case".id = case_member.case_id));
CREATE POLICY seen_case ON exhibit AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK (
    EXISTS (SELECT FROM "case" WHERE "case".id = exhibit.case_id));
CREATE POLICY seen_hit ON judgement AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK (
    EXISTS (SELECT FROM hit WHERE hit.id = judgement.hit_id));
CREATE POLICY seen_exhibit ON holding AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK (
    EXISTS (SELECT FROM exhibit WHERE exhibit.id = holding.exhibit_id)
    AND (item_id IS NULL OR EXISTS (SELECT FROM media_item WHERE media_item.id = holding.item_id)));
CREATE POLICY seen_item ON holding AS RESTRICTIVE FOR UPDATE TO :app: USING (true) WITH CHECK (
    item_id IS NULL OR EXISTS (SELECT FROM media_item WHERE media_item.id = holding.item_id));
CREATE POLICY seen_item ON fingerprint AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK (
    EXISTS (SELECT FROM media_item WHERE media_item.id = fingerprint.item_id));
CREATE POLICY seen_bank ON bank_entry AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK (
    EXISTS (SELECT FROM bank WHERE bank.id = bank_entry.bank_id));

-- The linker sees across agencies, but only the columns it is granted below.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['case', 'exhibit', 'media_item', 'holding', 'fingerprint', 'overlap', 'hit',
                                'overlap_notice', 'bank', 'bank_entry'] LOOP
        EXECUTE format('CREATE POLICY linker ON %I TO :linker: USING (true)', name);
    END LOOP;
END
$$;
GRANT USAGE ON SCHEMA public TO :app:, :linker:;
GRANT SELECT (id, agency_id, covert) ON "case" TO :linker:;
GRANT SELECT (id, agency_id, case_id) ON exhibit TO :linker:;
GRANT SELECT (id, agency_id, sha256, width, height) ON media_item TO :linker:;
GRANT SELECT (id, agency_id, exhibit_id, item_id, linked_at), UPDATE (linked_at) ON holding TO :linker:;
GRANT SELECT ON fingerprint, bank_entry TO :linker:;
GRANT SELECT (id, agency_id, semantics) ON bank TO :linker:;
GRANT SELECT, INSERT, UPDATE ON overlap, hit, overlap_notice TO :linker:;

GRANT SELECT, INSERT ON agency, login, case_member, exhibit, media_item, holding, fingerprint, judgement,
    bank, bank_entry TO :app:;
GRANT SELECT, INSERT ON "case" TO :app:;
GRANT SELECT, INSERT, UPDATE ON officer, sign_in, invitation TO :app:;
GRANT SELECT, INSERT, UPDATE, DELETE ON web_session, mfa_authenticator TO :app:;
GRANT SELECT ON account_emailaddress TO :app:;
GRANT UPDATE (item_id, size_bytes, mtime_ns, refused, linked_at) ON holding TO :app:;
GRANT UPDATE (media_type, width, height, duration_s, codecs, tags, refused) ON media_item TO :app:;
GRANT DELETE ON fingerprint TO :app:;
GRANT SELECT, UPDATE (acknowledged_at, acknowledged_by_id, shared_at, shared_by_id, shared_reference)
    ON overlap_notice TO :app:;
GRANT SELECT ON overlap, hit TO :app:;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO :app:, :linker:;

-- The ledger: insert only, by one function, as a chain. Its owner cannot sign in.
GRANT CREATE ON DATABASE :database: TO :ledger:;
SET ROLE :ledger:;
CREATE SCHEMA ledger;
CREATE TABLE ledger.entry (
    number bigint PRIMARY KEY,
    body text NOT NULL,
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    agency_id uuid GENERATED ALWAYS AS ((body::jsonb ->> 'agency')::uuid) STORED
);
CREATE INDEX entry_agency ON ledger.entry (agency_id, number);

CREATE FUNCTION ledger.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only';
END
$$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.entry
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse();

-- Appends the bodies in order and returns the last number. The lock makes one chain of many writers;
-- it is held until the caller's transaction ends, so an entry and what it tells of are kept or lost together.
CREATE FUNCTION ledger.append(bodies text[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    last bigint;
    previous bytea;
    one text;
BEGIN
    PERFORM pg_advisory_xact_lock(7400100);
    SELECT number, hash INTO last, previous FROM ledger.entry ORDER BY number DESC LIMIT 1;
    IF last IS NULL THEN
        last := 0;
        previous := decode(repeat('00', 32), 'hex');
    END IF;
    FOREACH one IN ARRAY bodies LOOP
        last := last + 1;
        previous := sha256(previous || int8send(last) || convert_to(one, 'UTF8'));
        INSERT INTO ledger.entry (number, body, hash) VALUES (last, one, previous);
    END LOOP;
    RETURN last;
END
$$;

-- What is signed and kept outside: hashes alone, which tell nothing.
CREATE FUNCTION ledger.hashes(after bigint) RETURNS TABLE (number bigint, hash bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT number, hash FROM ledger.entry WHERE number > after ORDER BY number
$$;
CREATE FUNCTION ledger.last_number() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT coalesce(max(number), 0) FROM ledger.entry
$$;
CREATE FUNCTION ledger.entries() RETURNS TABLE (number bigint, body text, hash bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT number, body, hash FROM ledger.entry ORDER BY number
$$;
ALTER TABLE ledger.entry ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger.entry FORCE ROW LEVEL SECURITY;
CREATE POLICY book ON ledger.entry TO :ledger: USING (true) WITH CHECK (true);
CREATE POLICY own_agency ON ledger.entry FOR SELECT TO :app: USING (agency_id = current_setting('tsunagu.agency')::uuid);
REVOKE ALL ON FUNCTION ledger.append(text[]), ledger.hashes(bigint), ledger.last_number(), ledger.entries() FROM PUBLIC;
GRANT USAGE ON SCHEMA ledger TO :app:, :linker:, :owner:;
GRANT SELECT ON ledger.entry TO :app:;
GRANT EXECUTE ON FUNCTION ledger.append(text[]) TO :app:, :linker:;
GRANT EXECUTE ON FUNCTION ledger.hashes(bigint), ledger.last_number() TO :app:, :owner:;
GRANT EXECUTE ON FUNCTION ledger.entries() TO :owner:;
RESET ROLE;
REVOKE CREATE ON DATABASE :database: FROM :ledger:;
