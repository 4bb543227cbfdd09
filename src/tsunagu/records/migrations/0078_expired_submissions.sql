-- As in 0072. Besides, its owner alone ends what nobody has and nobody takes any more, once, and empties its items.
CREATE POLICY not_expired ON submission AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK (expired_at IS NULL);
CREATE OR REPLACE FUNCTION submission_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    side uuid := NULLIF(current_setting('tsunagu.agency', true), '')::uuid;
    is_over boolean := OLD.case_id IS NULL AND (
        OLD.until < (now() AT TIME ZONE 'UTC')::date OR OLD.erased_at IS NOT NULL OR OLD.withdrawn_at IS NOT NULL);
BEGIN
    IF (NEW.name, NEW.investigation, NEW.receivers, NEW.withdrawn_at)
            IS DISTINCT FROM (OLD.name, OLD.investigation, OLD.receivers, OLD.withdrawn_at)
        AND (side IS DISTINCT FROM OLD.owner_id OR NEW.withdrawn_at IS NULL
             OR NEW.withdrawn_at IS DISTINCT FROM OLD.withdrawn_at AND OLD.withdrawn_at IS NOT NULL)
        OR NEW.expired_at IS DISTINCT FROM OLD.expired_at
        AND (side IS DISTINCT FROM OLD.owner_id OR OLD.expired_at IS NOT NULL OR NOT is_over)
        OR (NEW.taken_at, NEW.case_id, NEW.erased_at) IS DISTINCT FROM (OLD.taken_at, OLD.case_id, OLD.erased_at)
        AND (side IS DISTINCT FROM OLD.receiver_id OR OLD.erased_at IS NOT NULL OR OLD.expired_at IS NOT NULL
             OR OLD.taken_at IS NULL AND OLD.withdrawn_at IS NOT NULL
             OR OLD.taken_at IS NOT NULL AND (NEW.taken_at IS DISTINCT FROM OLD.taken_at OR NEW.erased_at IS NULL)) THEN
        RAISE EXCEPTION 'what a side has done with a submission stays' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;
CREATE OR REPLACE FUNCTION submission_item_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    is_owner boolean := EXISTS (SELECT FROM submission WHERE submission.id = OLD.submission_id
        AND submission.owner_id = NULLIF(current_setting('tsunagu.agency', true), '')::uuid);
    is_emptied boolean := NEW.sha256 = '' AND NEW.media_type IS NULL AND NEW.line = '' AND NEW.categories = '[]'
        AND EXISTS (SELECT FROM submission WHERE submission.id = OLD.submission_id AND expired_at IS NOT NULL);
BEGIN
    IF (NEW.sha256, NEW.media_type, NEW.line, NEW.categories)
            IS DISTINCT FROM (OLD.sha256, OLD.media_type, OLD.line, OLD.categories)
        AND (NOT is_owner OR NEW.state <> 'withdrawn' AND NOT is_emptied)
        OR (NEW.rejection, NEW.exhibit_id) IS DISTINCT FROM (OLD.rejection, OLD.exhibit_id) AND is_owner
        OR NEW.words IS DISTINCT FROM OLD.words AND is_owner AND NEW.words <> ''
        OR NEW.state IS DISTINCT FROM OLD.state
        AND (OLD.state = 'withdrawn' OR is_owner IS DISTINCT FROM (NEW.state IN ('withdrawn', 'expired'))
             OR NEW.state = 'expired' AND (OLD.state = 'rejected' OR NOT is_emptied)
             OR NOT is_owner AND (NEW.state <> 'rejected' OR OLD.state = 'expired' OR OLD.exhibit_id IS NOT NULL)) THEN
        RAISE EXCEPTION 'what a side has done with a submission stays' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;
GRANT UPDATE (expired_at) ON submission TO :app:;
