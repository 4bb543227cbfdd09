-- An alert is seen by the agency that raised it and by those that have a row of their own for it; its steps and persons
-- by whoever sees it.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['alert', 'alert_party', 'alert_step', 'alert_person'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    END LOOP;
END
$$;

CREATE POLICY own_agency ON alert_party FOR SELECT TO :app: USING (
    agency_id = current_setting('tsunagu.agency')::uuid);
CREATE POLICY own_case ON alert_party FOR UPDATE TO :app: USING (agency_id = current_setting('tsunagu.agency')::uuid)
    WITH CHECK (agency_id = current_setting('tsunagu.agency')::uuid
                AND (case_id IS NULL OR EXISTS (SELECT FROM "case" WHERE "case".id = alert_party.case_id)));
CREATE POLICY on_its_path ON alert FOR SELECT TO :app: USING (
    originator_id = current_setting('tsunagu.agency')::uuid
    OR EXISTS (SELECT FROM alert_party WHERE alert_party.alert_id = alert.id));
CREATE POLICY on_its_path ON alert_step FOR SELECT TO :app: USING (
    EXISTS (SELECT FROM alert WHERE alert.id = alert_step.alert_id));
CREATE POLICY on_its_path ON alert_person FOR SELECT TO :app: USING (
    EXISTS (SELECT FROM alert_step WHERE alert_step.id = alert_person.step_id));

-- Who raises one does it for a case of his own agency; who sees one may tell the next agency of it; and a step is
-- entered in one's own name. Nothing of these is changed or taken away.
CREATE POLICY raised ON alert FOR INSERT TO :app: WITH CHECK (
    originator_id = current_setting('tsunagu.agency')::uuid
    AND EXISTS (SELECT FROM "case" WHERE "case".id = alert.case_id));
CREATE POLICY told ON alert_party FOR INSERT TO :app: WITH CHECK (
    EXISTS (SELECT FROM alert WHERE alert.id = alert_party.alert_id));
CREATE POLICY entered ON alert_step FOR INSERT TO :app: WITH CHECK (
    entered_by_id = current_setting('tsunagu.agency')::uuid
    AND EXISTS (SELECT FROM alert WHERE alert.id = alert_step.alert_id));
CREATE POLICY entered ON alert_person FOR INSERT TO :app: WITH CHECK (
    EXISTS (SELECT FROM alert_step WHERE alert_step.id = alert_person.step_id
            AND alert_step.entered_by_id = current_setting('tsunagu.agency')::uuid));

GRANT SELECT, INSERT ON alert, alert_step, alert_person, alert_party TO :app:;
GRANT UPDATE (case_id, told) ON alert_party TO :app:;
GRANT USAGE ON SEQUENCE alert_step_id_seq, alert_person_id_seq TO :app:;
