-- What takes two people, and what officers were shown, is their own agency's.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['proposal', 'permission_grant', 'reveal'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY own_agency ON %I TO :app: USING '
                       '(agency_id = current_setting(''tsunagu.agency'')::uuid)', name);
    END LOOP;
END
$$;

-- A foreign key is checked past these policies: see 0002_guards.sql.
CREATE POLICY seen_officers ON proposal AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK (
    EXISTS (SELECT FROM officer WHERE officer.id = proposal.proposed_by_id)
    AND (officer_id IS NULL OR EXISTS (SELECT FROM officer WHERE officer.id = proposal.officer_id))
    AND confirmed_by_id IS NULL AND settled_at IS NULL);
CREATE POLICY seen_confirmer ON proposal AS RESTRICTIVE FOR UPDATE TO :app: USING (settled_at IS NULL) WITH CHECK (
    confirmed_by_id IS NULL OR EXISTS (SELECT FROM officer WHERE officer.id = proposal.confirmed_by_id));
CREATE POLICY seen_officer ON reveal AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK (
    EXISTS (SELECT FROM officer WHERE officer.id = reveal.officer_id));

-- A grant is what two people agreed on, to the letter, and lasts a year at most.
CREATE POLICY confirmed ON permission_grant AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK (
    EXISTS (SELECT FROM proposal WHERE proposal.id = permission_grant.proposal_id AND kind = 'grant'
            AND confirmed_by_id IS NOT NULL AND settled_at = permission_grant.granted_at
            AND proposal.officer_id IS NOT DISTINCT FROM permission_grant.officer_id
            AND terms ->> 'permission' = permission_grant.permission)
    AND expires_at <= granted_at + interval '366 days' AND ended_at IS NULL);
CREATE POLICY not_ended ON permission_grant AS RESTRICTIVE FOR UPDATE TO :app: USING (ended_at IS NULL) WITH CHECK (
    ended_by_id IS NULL OR EXISTS (SELECT FROM officer WHERE officer.id = permission_grant.ended_by_id));

GRANT SELECT, INSERT, UPDATE (confirmed_by_id, settled_at) ON proposal TO :app:;
GRANT SELECT, INSERT, UPDATE (ended_at, ended_by_id) ON permission_grant TO :app:;
GRANT SELECT, INSERT, UPDATE (taken_at, shown_at) ON reveal TO :app:;
GRANT UPDATE (scanned) ON holding TO :app:;
