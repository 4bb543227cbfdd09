-- What was claimed of a series, what its agency was told of others' interest, and the words of its steps go with the last
-- case that it rests on; what was claimed of a case goes with that case. Not with the erasure of any other.
DROP POLICY being_erased ON claim;
CREATE POLICY being_erased ON claim AS RESTRICTIVE FOR DELETE TO :app: USING (
    EXISTS (SELECT FROM erasure WHERE ended_at IS NULL AND exhibit_id IS NULL
            AND (claim.series_id IS NOT NULL OR erasure.case_id = claim.case_id))
    AND (claim.series_id IS NULL OR NOT EXISTS (
        SELECT FROM series_case JOIN series ON series.id = series_case.series_id
        WHERE series.root_id = (SELECT own.root_id FROM series own WHERE own.id = claim.series_id))));
DROP POLICY being_erased ON interest;
CREATE POLICY being_erased ON interest AS RESTRICTIVE FOR DELETE TO :app: USING (
    EXISTS (SELECT FROM erasure WHERE ended_at IS NULL AND exhibit_id IS NULL
            AND (interest.series IS NOT NULL OR erasure.case_id = interest."case"))
    AND (interest.series IS NULL OR NOT EXISTS (
        SELECT FROM series_case JOIN series tied ON tied.id = series_case.series_id
        WHERE tied.root_id = (SELECT own.root_id FROM series own WHERE own.id = interest.series))));
DROP POLICY being_erased ON series_step;
CREATE POLICY being_erased ON series_step AS RESTRICTIVE FOR UPDATE TO :app: USING (
    EXISTS (SELECT FROM erasure WHERE ended_at IS NULL AND exhibit_id IS NULL)
    AND NOT EXISTS (SELECT FROM series_case WHERE series_case.series_id = series_step.series_id))
    WITH CHECK (reason = '' AND value = '');

-- A step is entered by an officer of one's own, or by the machine.
DROP POLICY entered ON alert_step;
CREATE POLICY entered ON alert_step FOR INSERT TO :app: WITH CHECK (
    entered_by_id = current_setting('tsunagu.agency')::uuid
    AND (officer_id IS NULL OR EXISTS (SELECT FROM officer WHERE officer.id = alert_step.officer_id))
    AND EXISTS (SELECT FROM alert WHERE alert.id = alert_step.alert_id));
