-- A package is seen by its receiver, and by its sender for as long as he keeps the list that it came from. Where it came
-- from the sender alone sees.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['referral', 'referral_source', 'referral_step'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    END LOOP;
END
$$;

CREATE POLICY own_agency ON referral_source TO :app: USING (
    agency_id = current_setting('tsunagu.agency')::uuid);
-- A foreign key is checked past these policies: see 0002_guards.sql.
CREATE POLICY of_its_list ON referral_source AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK (
    EXISTS (SELECT FROM listed_person WHERE listed_person.id = referral_source.person_id
            AND listed_person.list_id = referral_source.list_id));
CREATE POLICY being_erased ON referral_source AS RESTRICTIVE FOR DELETE TO :app: USING (EXISTS (
    SELECT FROM erasure JOIN exhibit ON exhibit.case_id = erasure.case_id
    JOIN seized_list ON seized_list.exhibit_id = exhibit.id
    WHERE erasure.ended_at IS NULL AND seized_list.id = referral_source.list_id
      AND (erasure.exhibit_id IS NULL OR erasure.exhibit_id = exhibit.id)));

CREATE POLICY its_two_sides ON referral FOR SELECT TO :app: USING (
    receiver_id = current_setting('tsunagu.agency')::uuid
    OR (sender_id = current_setting('tsunagu.agency')::uuid
        AND EXISTS (SELECT FROM referral_source WHERE referral_source.referral_id = referral.id)));
CREATE POLICY sent ON referral FOR INSERT TO :app: WITH CHECK (
    sender_id = current_setting('tsunagu.agency')::uuid);
CREATE POLICY its_two_sides ON referral_step FOR SELECT TO :app: USING (
    EXISTS (SELECT FROM referral WHERE referral.id = referral_step.referral_id));
-- A step is entered in one's own name; for a receiver without Tsunagu the sender enters it.
CREATE POLICY entered ON referral_step FOR INSERT TO :app: WITH CHECK (
    entered_by_id = current_setting('tsunagu.agency')::uuid
    AND EXISTS (SELECT FROM referral WHERE referral.id = referral_step.referral_id
                AND referral_step.of_id IN (referral.sender_id, referral.receiver_id)));

GRANT SELECT, INSERT ON referral, referral_step TO :app:;
GRANT SELECT, INSERT, DELETE ON referral_source TO :app:;
GRANT USAGE ON SEQUENCE referral_source_id_seq, referral_step_id_seq TO :app:;
