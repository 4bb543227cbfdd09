-- What an agency asks of other installations, and is told, is its own; so is what one there asks of this one.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['comparison', 'comparison_hit', 'compared_case'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    END LOOP;
END
$$;
CREATE POLICY own_agency ON comparison TO :app: USING (agency_id = current_setting('tsunagu.agency')::uuid);
CREATE POLICY own_agency ON comparison_hit TO :app: USING (agency_id = current_setting('tsunagu.agency')::uuid);
CREATE POLICY own_agency ON compared_case TO :app: USING (asker_id = current_setting('tsunagu.agency')::uuid);

-- A foreign key is checked past these policies: see 0002_guards.sql.
CREATE POLICY seen ON comparison AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK (
    asked_by_id IN (SELECT id FROM officer) AND (series IS NULL) <> ("case" IS NULL));
CREATE POLICY seen ON comparison_hit AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK (
    comparison_id IN (SELECT id FROM comparison));
CREATE POLICY of_its_member ON compared_case AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK (
    EXISTS (SELECT FROM agency WHERE agency.id = asker_id AND agency.member_id = compared_case.member_id));
CREATE POLICY being_erased ON comparison_hit AS RESTRICTIVE FOR DELETE TO :app: USING (
    EXISTS (SELECT FROM erasure WHERE ended_at IS NULL));
-- What was said to be erased there stays so.
CREATE POLICY not_erased ON comparison AS RESTRICTIVE FOR UPDATE TO :app: USING (erased_at IS NULL) WITH CHECK (true);

GRANT SELECT, INSERT, UPDATE (reason, answered_at, withdrawn_at, erased_at) ON comparison TO :app:;
GRANT SELECT, INSERT, DELETE, UPDATE (told_at, claimed, ended, acknowledged_at, acknowledged_by_id, acknowledged_there)
    ON comparison_hit TO :app:;
GRANT SELECT, INSERT, UPDATE (whole_at, answered_at, over_at, erased_at, told) ON compared_case TO :app:;

-- Without an officer there is a case, an exhibit or a claim only of an agency at another installation.
CREATE POLICY by_somebody ON "case" AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK (
    opened_by_id IS NOT NULL
    OR EXISTS (SELECT FROM agency WHERE agency.id = "case".agency_id AND agency.member_id IS NOT NULL));
CREATE POLICY by_somebody ON exhibit AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK (
    registered_by_id IS NOT NULL
    OR EXISTS (SELECT FROM agency WHERE agency.id = exhibit.agency_id AND agency.member_id IS NOT NULL));
DROP POLICY seen_scope ON claim;
CREATE POLICY seen_scope ON claim AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK (
    (series_id IS NULL) <> (case_id IS NULL)
    AND (claimed_by_id IN (SELECT id FROM officer)
         OR claimed_by_id IS NULL
         AND EXISTS (SELECT FROM agency WHERE agency.id = claim.agency_id AND agency.member_id IS NOT NULL))
    AND (series_id IS NULL OR series_id IN (SELECT id FROM series))
    AND (case_id IS NULL OR case_id IN (SELECT id FROM "case")));

-- As in 0020_expired.sql; and what another installation has withdrawn is erased, by nobody's hand here.
DROP POLICY by_two ON erasure;
CREATE POLICY by_two ON erasure AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK (
    exhibit_id IS NOT NULL
    OR begun_by_id IS NULL AND ground = 'erased-before'
    OR begun_by_id IS NULL AND ground = 'withdrawn-elsewhere' AND EXISTS (
        SELECT FROM compared_case WHERE compared_case.id = erasure.case_id AND over_at IS NOT NULL)
    OR begun_by_id IS NULL AND ground = 'expired' AND EXISTS (
        SELECT FROM "case" WHERE "case".id = erasure.case_id AND keep_until < (now() AT TIME ZONE 'UTC')::date)
    OR EXISTS (SELECT FROM proposal WHERE kind = 'case-deletion' AND settled_at IS NOT NULL
               AND terms ->> 'case' = erasure.case_id::text AND terms ->> 'ground' = erasure.ground
               AND confirmed_by_id = erasure.begun_by_id));
