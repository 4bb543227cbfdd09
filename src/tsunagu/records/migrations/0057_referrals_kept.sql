-- Packages of earlier releases said their last day under seal alone: it was the last day of the case that they came from.
ALTER TABLE referral NO FORCE ROW LEVEL SECURITY;
ALTER TABLE referral_source NO FORCE ROW LEVEL SECURITY;
ALTER TABLE seized_list NO FORCE ROW LEVEL SECURITY;
ALTER TABLE exhibit NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "case" NO FORCE ROW LEVEL SECURITY;
UPDATE referral SET
    keep_until = coalesce((
        SELECT "case".keep_until FROM referral_source
        JOIN seized_list ON seized_list.id = referral_source.list_id
        JOIN exhibit ON exhibit.id = seized_list.exhibit_id
        JOIN "case" ON "case".id = exhibit.case_id
        WHERE referral_source.referral_id = referral.id), (sent_at AT TIME ZONE 'UTC' + interval '1 year')::date),
    kept_by_sender = EXISTS (SELECT FROM referral_source WHERE referral_source.referral_id = referral.id);
ALTER TABLE referral FORCE ROW LEVEL SECURITY;
ALTER TABLE referral_source FORCE ROW LEVEL SECURITY;
ALTER TABLE seized_list FORCE ROW LEVEL SECURITY;
ALTER TABLE exhibit FORCE ROW LEVEL SECURITY;
ALTER TABLE "case" FORCE ROW LEVEL SECURITY;

ALTER TABLE referral_case ENABLE ROW LEVEL SECURITY;
ALTER TABLE referral_case FORCE ROW LEVEL SECURITY;
CREATE POLICY own_agency ON referral_case TO :app: USING (agency_id = current_setting('tsunagu.agency')::uuid);
-- A foreign key is checked past these policies: see 0002_guards.sql.
CREATE POLICY by_its_receiver ON referral_case AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK (
    EXISTS (SELECT FROM referral WHERE referral.id = referral_case.referral_id
            AND referral.receiver_id = referral_case.agency_id)
    AND EXISTS (SELECT FROM "case" WHERE "case".id = referral_case.case_id
                AND "case".agency_id = referral_case.agency_id));
-- That it was taken stays when its case goes: nobody is told of it any more.
CREATE POLICY case_being_erased ON referral_case AS RESTRICTIVE FOR UPDATE TO :app: USING (
    EXISTS (SELECT FROM erasure WHERE erasure.case_id = referral_case.case_id AND erasure.exhibit_id IS NULL
            AND erasure.ended_at IS NULL)) WITH CHECK (case_id IS NULL);
CREATE POLICY with_its_package ON referral_case AS RESTRICTIVE FOR DELETE TO :app: USING (case_id IS NULL);

CREATE POLICY kept_no_more ON referral FOR UPDATE TO :app: USING (
    sender_id = current_setting('tsunagu.agency')::uuid) WITH CHECK (
    sender_id = current_setting('tsunagu.agency')::uuid AND NOT kept_by_sender);
-- It goes once neither side keeps it: the sender's list is erased, and so is the receiver's case that it was taken into,
-- or it was taken into none and its last day is over.
DO $$
DECLARE
    kept_by_nobody text := 'receiver_id = current_setting(''tsunagu.agency'')::uuid AND NOT kept_by_sender AND '
        'coalesce((SELECT referral_case.case_id IS NULL FROM referral_case WHERE referral_case.referral_id = '
        'referral.id), keep_until < (now() AT TIME ZONE ''UTC'')::date)';
BEGIN
    EXECUTE 'CREATE POLICY kept_by_nobody ON referral FOR DELETE TO :app: USING (' || kept_by_nobody || ')';
    EXECUTE 'CREATE POLICY kept_by_nobody ON referral_step FOR DELETE TO :app: USING (EXISTS (SELECT FROM referral '
            'WHERE referral.id = referral_step.referral_id AND ' || kept_by_nobody || '))';
END
$$;

GRANT DELETE ON referral, referral_step TO :app:;
GRANT UPDATE (kept_by_sender) ON referral TO :app:;
GRANT SELECT, INSERT, DELETE ON referral_case TO :app:;
GRANT UPDATE (case_id) ON referral_case TO :app:;
GRANT USAGE ON SEQUENCE referral_case_id_seq TO :app:;
