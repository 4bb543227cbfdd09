-- Persons are their case's agency's own. Statements about them are never changed.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['person', 'person_step', 'person_tie', 'person_told', 'person_opening',
                                'person_withdrawal', 'person_recall'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY own_agency ON %I TO :app: USING '
                       '(agency_id = current_setting(''tsunagu.agency'')::uuid)', name);
    END LOOP;
END
$$;

-- A foreign key is checked past these policies: see 0002_guards.sql.
CREATE POLICY seen_case ON person AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK (
    EXISTS (SELECT FROM "case" WHERE "case".id = person.case_id)
    AND entered_by_id IN (SELECT id FROM officer) AND identity_at IS NULL);
CREATE POLICY seen_person ON person_step AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK (
    EXISTS (SELECT FROM person WHERE person.id = person_step.person_id) AND officer_id IN (SELECT id FROM officer));
CREATE POLICY seen_person ON person_told AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK (
    EXISTS (SELECT FROM person WHERE person.id = person_told.person_id) AND officer_id IN (SELECT id FROM officer));
CREATE POLICY seen_persons ON person_tie AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK (
    EXISTS (SELECT FROM person WHERE person.id = person_tie.one_id AND person.case_id = person_tie.case_id)
    AND EXISTS (SELECT FROM person WHERE person.id = person_tie.other_id AND person.case_id = person_tie.case_id)
    AND officer_id IN (SELECT id FROM officer));
CREATE POLICY seen_person ON person_opening AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK (
    EXISTS (SELECT FROM person WHERE person.id = person_opening.person_id AND person.case_id = person_opening.case_id)
    AND officer_id IN (SELECT id FROM officer)
    AND confirmed_by_id IS NULL AND confirmed_at IS NULL AND taken_at IS NULL AND reviewed_by_id IS NULL);
CREATE POLICY seen_second ON person_opening AS RESTRICTIVE FOR UPDATE TO :app: USING (true) WITH CHECK (
    (confirmed_by_id IS NULL OR emergency AND confirmed_by_id IN (SELECT id FROM officer))
    AND (reviewed_by_id IS NULL OR reviewed_by_id IN (SELECT id FROM officer)));
CREATE POLICY seen_person ON person_withdrawal AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK (
    EXISTS (SELECT FROM person WHERE person.id = person_withdrawal.person_id
            AND person.case_id = person_withdrawal.case_id)
    AND officer_id IN (SELECT id FROM officer));
CREATE POLICY seen_withdrawal ON person_recall AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK (
    EXISTS (SELECT FROM person_withdrawal WHERE person_withdrawal.id = person_recall.withdrawal_id)
    AND answered_at IS NULL);
CREATE POLICY not_answered ON person_recall AS RESTRICTIVE FOR UPDATE TO :app: USING (answered_at IS NULL) WITH CHECK (
    officer_id IN (SELECT id FROM officer));

-- Nothing goes but with its case, or once it was decided that the person is withdrawn.
CREATE FUNCTION person_goes(person uuid, of_case uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM public.erasure WHERE ended_at IS NULL AND exhibit_id IS NULL AND case_id = $2)
        OR EXISTS (SELECT FROM public.person_withdrawal WHERE person_id = $1)
$$;
CREATE POLICY goes ON person AS RESTRICTIVE FOR DELETE TO :app: USING (person_goes(id, case_id));
CREATE POLICY goes ON person_step AS RESTRICTIVE FOR DELETE TO :app: USING (
    EXISTS (SELECT FROM person WHERE person.id = person_step.person_id AND person_goes(person.id, person.case_id)));
CREATE POLICY goes ON person_told AS RESTRICTIVE FOR DELETE TO :app: USING (
    EXISTS (SELECT FROM person WHERE person.id = person_told.person_id AND person_goes(person.id, person.case_id)));
CREATE POLICY goes ON person_tie AS RESTRICTIVE FOR DELETE TO :app: USING (
    person_goes(one_id, case_id) OR person_goes(other_id, case_id));
CREATE POLICY goes ON person_withdrawal AS RESTRICTIVE FOR DELETE TO :app: USING (
    EXISTS (SELECT FROM erasure WHERE ended_at IS NULL AND exhibit_id IS NULL
            AND erasure.case_id = person_withdrawal.case_id));
CREATE POLICY goes ON person_recall AS RESTRICTIVE FOR DELETE TO :app: USING (EXISTS (
    SELECT FROM person_withdrawal JOIN erasure ON erasure.case_id = person_withdrawal.case_id
    WHERE person_withdrawal.id = person_recall.withdrawal_id AND ended_at IS NULL AND exhibit_id IS NULL));

GRANT SELECT, INSERT, DELETE, UPDATE (identity_at, series) ON person TO :app:;
GRANT SELECT, INSERT, DELETE ON person_step, person_tie, person_told, person_withdrawal TO :app:;
GRANT SELECT, INSERT, UPDATE (sealed, confirmed_by_id, confirmed_at, reviewed_by_id, reviewed_at) ON person_opening
    TO :app:;
GRANT SELECT, INSERT, DELETE, UPDATE (answer, officer_id, answered_at) ON person_recall TO :app:;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO :app:;

-- Who a person is: kept by the vault's role alone, which cannot sign in. It is handed out for an opening that was
-- written down, once, and in an emergency when a second person has confirmed; and goes when the person's row goes.
GRANT SELECT ON person TO :vault:;
GRANT SELECT, UPDATE (taken_at) ON person_opening TO :vault:;
-- The owner, who is a member of that role, meets these policies where it sets up foreign keys, for no agency.
CREATE POLICY vault_finds ON person TO :vault: USING (
    agency_id = nullif(current_setting('tsunagu.agency', true), '')::uuid);
CREATE POLICY vault_takes ON person_opening TO :vault: USING (
    agency_id = nullif(current_setting('tsunagu.agency', true), '')::uuid);
GRANT CREATE ON DATABASE :database: TO :vault:;
SET ROLE :vault:;
CREATE SCHEMA identity;
CREATE TABLE identity.person (person_id uuid PRIMARY KEY, sealed bytea NOT NULL);
ALTER TABLE identity.person ENABLE ROW LEVEL SECURITY;
ALTER TABLE identity.person FORCE ROW LEVEL SECURITY;
CREATE POLICY vault ON identity.person TO :vault: USING (true) WITH CHECK (true);

CREATE FUNCTION identity.keep(person uuid, identity bytea) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM public.person WHERE id = $1) THEN
        RETURN false;
    END IF;
    INSERT INTO identity.person (person_id, sealed) VALUES ($1, $2)
        ON CONFLICT (person_id) DO UPDATE SET sealed = excluded.sealed;
    RETURN true;
END
$$;
CREATE FUNCTION identity.opened(opening uuid, at timestamptz) RETURNS bytea
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    whom uuid;
BEGIN
    UPDATE public.person_opening SET taken_at = $2
        WHERE id = $1 AND taken_at IS NULL AND (NOT emergency OR confirmed_at IS NOT NULL)
        RETURNING person_id INTO whom;
    RETURN (SELECT sealed FROM identity.person WHERE person_id = whom);
END
$$;
CREATE FUNCTION identity.forget() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    DELETE FROM identity.person WHERE person_id = OLD.id;
    RETURN OLD;
END
$$;
REVOKE ALL ON FUNCTION identity.keep(uuid, bytea), identity.opened(uuid, timestamptz), identity.forget() FROM PUBLIC;
GRANT USAGE ON SCHEMA identity TO :app:, :owner:;
GRANT EXECUTE ON FUNCTION identity.keep(uuid, bytea), identity.opened(uuid, timestamptz) TO :app:;
GRANT EXECUTE ON FUNCTION identity.forget() TO :owner:;
RESET ROLE;
REVOKE CREATE ON DATABASE :database: FROM :vault:;
CREATE TRIGGER forget_identity AFTER DELETE ON person FOR EACH ROW EXECUTE FUNCTION identity.forget();
