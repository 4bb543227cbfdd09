-- What was asked in a case is its agency's own. It is answered once, never changed, and goes with its case.
ALTER TABLE enquiry ENABLE ROW LEVEL SECURITY;
ALTER TABLE enquiry FORCE ROW LEVEL SECURITY;
CREATE POLICY own_agency ON enquiry TO :app: USING (agency_id = current_setting('tsunagu.agency')::uuid);
-- A foreign key is checked past these policies: see 0002_guards.sql.
CREATE POLICY seen_case ON enquiry AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK (
    EXISTS (SELECT FROM "case" WHERE "case".id = enquiry.case_id)
    AND asked_by_id IN (SELECT id FROM officer) AND answered_by_id IS NULL);
CREATE POLICY not_answered ON enquiry AS RESTRICTIVE FOR UPDATE TO :app: USING (answered_at IS NULL) WITH CHECK (
    answered_by_id IN (SELECT id FROM officer));
CREATE POLICY being_erased ON enquiry AS RESTRICTIVE FOR DELETE TO :app: USING (EXISTS (
    SELECT FROM erasure WHERE ended_at IS NULL AND exhibit_id IS NULL AND erasure.case_id = enquiry.case_id));

GRANT SELECT, INSERT, DELETE ON enquiry TO :app:;
GRANT UPDATE (result, words, answered_by_id, answered_at) ON enquiry TO :app:;
