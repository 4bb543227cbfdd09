-- What is decided of a person of a seized list is its own agency's, entered by one of its officers, and goes with the list.
ALTER TABLE prefecture_decision ENABLE ROW LEVEL SECURITY;
ALTER TABLE prefecture_decision FORCE ROW LEVEL SECURITY;
CREATE POLICY own_agency ON prefecture_decision TO :app: USING (agency_id = current_setting('tsunagu.agency')::uuid);
CREATE POLICY seen_list ON prefecture_decision AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK (
    EXISTS (SELECT FROM seized_list WHERE seized_list.id = prefecture_decision.list_id)
    AND officer_id IN (SELECT id FROM officer));
CREATE POLICY being_erased ON prefecture_decision AS RESTRICTIVE FOR DELETE TO :app: USING (EXISTS (
    SELECT FROM erasure JOIN exhibit ON exhibit.case_id = erasure.case_id
    JOIN seized_list ON seized_list.exhibit_id = exhibit.id
    WHERE erasure.ended_at IS NULL AND seized_list.id = prefecture_decision.list_id
      AND (erasure.exhibit_id IS NULL OR erasure.exhibit_id = exhibit.id)));

GRANT SELECT, INSERT, DELETE ON prefecture_decision TO :app:;
GRANT UPDATE (facts) ON seized_list TO :app:;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO :app:;
