-- The owner alone agrees, and the guest alone answers; each once, so that nobody prolongs what he has.
CREATE FUNCTION guest_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    side uuid := NULLIF(current_setting('tsunagu.agency', true), '')::uuid;
BEGIN
    IF (NEW.confirmed_by_id, NEW.confirmed_at) IS DISTINCT FROM (OLD.confirmed_by_id, OLD.confirmed_at)
        AND (OLD.confirmed_at IS NOT NULL OR side IS DISTINCT FROM OLD.owner_id)
        OR (NEW.officer_id, NEW.taken_at, NEW.lapses_at, NEW.declined_at)
            IS DISTINCT FROM (OLD.officer_id, OLD.taken_at, OLD.lapses_at, OLD.declined_at)
        AND (OLD.officer_id IS NOT NULL OR side IS DISTINCT FROM OLD.of_id) THEN
        RAISE EXCEPTION 'what a side has said of an invitation stays' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER guest_stays BEFORE UPDATE ON guest FOR EACH ROW EXECUTE FUNCTION guest_stays();

-- As in 0061; besides, it is answered by its last day, by its receiver, or by its sender with a document; and the document's
-- digest goes, too, when it is erased.
CREATE OR REPLACE FUNCTION enquiry_request_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    side uuid := NULLIF(current_setting('tsunagu.agency', true), '')::uuid;
    today date := (now() AT TIME ZONE 'UTC')::date;
BEGIN
    IF NEW.erased_at IS NOT NULL THEN
        IF NEW.key IS NULL AND NEW.sealed IS NULL AND NEW.answer IS NULL AND NEW.document IS NULL AND (
            (OLD.answered_at IS NULL AND OLD.last_day < today)
            OR EXISTS (SELECT FROM enquiry_request_source source
                       JOIN seized_list ON seized_list.id = source.list_id
                       JOIN exhibit ON exhibit.id = seized_list.exhibit_id
                       JOIN erasure ON erasure.case_id = exhibit.case_id AND erasure.ended_at IS NULL
                            AND (erasure.exhibit_id IS NULL OR erasure.exhibit_id = exhibit.id)
                       WHERE source.request_id = OLD.id)) THEN
            RETURN NEW;
        END IF;
    ELSIF OLD.answered_at IS NULL AND NEW.answered_at IS NOT NULL AND NEW.answer IS NOT NULL
        AND OLD.last_day >= today
        AND (side = OLD.receiver_id OR (side = OLD.sender_id AND NEW.document IS NOT NULL))
        AND (NEW.key, NEW.sealed) IS NOT DISTINCT FROM (OLD.key, OLD.sealed) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a request stays as it is' USING ERRCODE = 'insufficient_privilege';
END
$$;
