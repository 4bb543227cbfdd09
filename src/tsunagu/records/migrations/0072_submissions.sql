-- A submission is made by its owner, and seen by him and by its receiver alone.
ALTER TABLE submission ENABLE ROW LEVEL SECURITY;
ALTER TABLE submission FORCE ROW LEVEL SECURITY;
CREATE POLICY either_side ON submission FOR SELECT TO :app: USING (
    owner_id = current_setting('tsunagu.agency')::uuid OR receiver_id = current_setting('tsunagu.agency')::uuid);
CREATE POLICY made ON submission FOR INSERT TO :app: WITH CHECK (
    owner_id = current_setting('tsunagu.agency')::uuid AND receiver_id <> owner_id
    AND taken_at IS NULL AND case_id IS NULL AND withdrawn_at IS NULL AND erased_at IS NULL
    AND EXISTS (SELECT FROM officer WHERE officer.id = submission.submitted_by_id)
    AND EXISTS (SELECT FROM series WHERE series.id = submission.series_id AND series.agency_id = submission.owner_id));
CREATE POLICY either_changes ON submission FOR UPDATE TO :app: USING (
    owner_id = current_setting('tsunagu.agency')::uuid OR receiver_id = current_setting('tsunagu.agency')::uuid);

ALTER TABLE submission_item ENABLE ROW LEVEL SECURITY;
ALTER TABLE submission_item FORCE ROW LEVEL SECURITY;
CREATE POLICY either_side ON submission_item FOR SELECT TO :app: USING (
    EXISTS (SELECT FROM submission WHERE submission.id = submission_item.submission_id));
CREATE POLICY made ON submission_item FOR INSERT TO :app: WITH CHECK (
    exhibit_id IS NULL AND state IN ('uploaded', 'duplicate')
    AND EXISTS (SELECT FROM "case" WHERE "case".id = submission_item.case_id)
    AND EXISTS (SELECT FROM media_item WHERE media_item.id = submission_item.item_id)
    AND EXISTS (SELECT FROM submission WHERE submission.id = submission_item.submission_id
                AND submission.owner_id = current_setting('tsunagu.agency')::uuid AND submission.taken_at IS NULL));
CREATE POLICY either_changes ON submission_item FOR UPDATE TO :app: USING (
    EXISTS (SELECT FROM submission WHERE submission.id = submission_item.submission_id));

-- The owner alone withdraws and forgets, the receiver alone takes, rejects and erases; neither undoes what the other did.
CREATE FUNCTION submission_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    side uuid := NULLIF(current_setting('tsunagu.agency', true), '')::uuid;
BEGIN
    IF (NEW.name, NEW.investigation, NEW.receivers, NEW.withdrawn_at)
            IS DISTINCT FROM (OLD.name, OLD.investigation, OLD.receivers, OLD.withdrawn_at)
        AND (side IS DISTINCT FROM OLD.owner_id OR NEW.withdrawn_at IS NULL
             OR NEW.withdrawn_at IS DISTINCT FROM OLD.withdrawn_at AND OLD.withdrawn_at IS NOT NULL)
        OR (NEW.taken_at, NEW.case_id, NEW.erased_at) IS DISTINCT FROM (OLD.taken_at, OLD.case_id, OLD.erased_at)
        AND (side IS DISTINCT FROM OLD.receiver_id OR OLD.erased_at IS NOT NULL
             OR OLD.taken_at IS NULL AND OLD.withdrawn_at IS NOT NULL
             OR OLD.taken_at IS NOT NULL AND (NEW.taken_at IS DISTINCT FROM OLD.taken_at OR NEW.erased_at IS NULL)) THEN
        RAISE EXCEPTION 'what a side has done with a submission stays' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER submission_stays BEFORE UPDATE ON submission FOR EACH ROW EXECUTE FUNCTION submission_stays();
CREATE FUNCTION submission_item_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    is_owner boolean := EXISTS (SELECT FROM submission WHERE submission.id = OLD.submission_id
        AND submission.owner_id = NULLIF(current_setting('tsunagu.agency', true), '')::uuid);
BEGIN
    IF (NEW.sha256, NEW.media_type, NEW.line, NEW.categories)
            IS DISTINCT FROM (OLD.sha256, OLD.media_type, OLD.line, OLD.categories)
        AND (NOT is_owner OR NEW.state <> 'withdrawn')
        OR (NEW.rejection, NEW.exhibit_id) IS DISTINCT FROM (OLD.rejection, OLD.exhibit_id) AND is_owner
        OR NEW.words IS DISTINCT FROM OLD.words AND is_owner AND NEW.words <> ''
        OR NEW.state IS DISTINCT FROM OLD.state
        AND (OLD.state = 'withdrawn' OR is_owner IS DISTINCT FROM (NEW.state = 'withdrawn')
             OR NOT is_owner AND (NEW.state <> 'rejected' OR OLD.exhibit_id IS NOT NULL)) THEN
        RAISE EXCEPTION 'what a side has done with a submission stays' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER submission_item_stays BEFORE UPDATE ON submission_item
    FOR EACH ROW EXECUTE FUNCTION submission_item_stays();

-- Nobody works on a case that came by a submission once that is withdrawn or its last day is over. Its erasure sees who did.
CREATE POLICY label_lets ON case_member AS RESTRICTIVE FOR SELECT TO :app: USING (
    case_id = NULLIF(current_setting('tsunagu.erasing', true), '')::uuid
    OR case_id <> ALL (ARRAY(
        SELECT submission.case_id FROM submission
        WHERE submission.receiver_id = current_setting('tsunagu.agency')::uuid AND submission.case_id IS NOT NULL
            AND (submission.withdrawn_at IS NOT NULL OR submission.until < (now() AT TIME ZONE 'UTC')::date))));

-- As in 0056_comparisons.sql; and so is what another agency has withdrawn that was taken as a case.
DROP POLICY by_two ON erasure;
CREATE POLICY by_two ON erasure AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK (
    exhibit_id IS NOT NULL
    OR begun_by_id IS NULL AND ground = 'erased-before'
    OR begun_by_id IS NULL AND ground = 'withdrawn-elsewhere' AND (
        EXISTS (SELECT FROM compared_case WHERE compared_case.id = erasure.case_id AND over_at IS NOT NULL)
        OR EXISTS (SELECT FROM submission WHERE submission.case_id = erasure.case_id
                   AND submission.receiver_id = erasure.agency_id AND withdrawn_at IS NOT NULL))
    OR begun_by_id IS NULL AND ground = 'expired' AND EXISTS (
        SELECT FROM "case" WHERE "case".id = erasure.case_id AND keep_until < (now() AT TIME ZONE 'UTC')::date)
    OR EXISTS (SELECT FROM proposal WHERE kind = 'case-deletion' AND settled_at IS NOT NULL
               AND terms ->> 'case' = erasure.case_id::text AND terms ->> 'ground' = erasure.ground
               AND confirmed_by_id = erasure.begun_by_id));

GRANT SELECT, INSERT ON submission, submission_item TO :app:;
GRANT UPDATE (name, investigation, receivers, taken_at, case_id, withdrawn_at, erased_at) ON submission TO :app:;
GRANT UPDATE (sha256, media_type, line, categories, state, rejection, words, exhibit_id) ON submission_item TO :app:;
GRANT USAGE ON SEQUENCE submission_item_id_seq TO :app:;
