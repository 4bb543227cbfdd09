-- As in 0067. Besides, what nobody has answered yet is erased once who it is about is set apart as a juvenile.
CREATE OR REPLACE FUNCTION enquiry_request_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    side uuid := NULLIF(current_setting('tsunagu.agency', true), '')::uuid;
    today date := (now() AT TIME ZONE 'UTC')::date;
    asked_elsewhere boolean := OLD.by_line AND EXISTS (
        SELECT FROM agency WHERE agency.id = OLD.sender_id AND agency.member_id IS NOT NULL);
    answered_elsewhere boolean := OLD.by_line AND EXISTS (
        SELECT FROM agency WHERE agency.id = OLD.receiver_id AND agency.member_id IS NOT NULL);
BEGIN
    IF NEW.erased_at IS NOT NULL THEN
        IF NEW.key IS NULL AND NEW.sealed IS NULL AND NEW.answer IS NULL AND NEW.document IS NULL AND (
            (OLD.answered_at IS NULL AND (OLD.last_day < today OR EXISTS (
                SELECT FROM enquiry_request_source source
                JOIN listed_person ON listed_person.id = source.person_id AND listed_person.apart
                WHERE source.request_id = OLD.id)))
            OR (asked_elsewhere AND (OLD.last_day < today OR side = OLD.sender_id))
            OR EXISTS (SELECT FROM enquiry_request_source source
                       JOIN seized_list ON seized_list.id = source.list_id
                       JOIN exhibit ON exhibit.id = seized_list.exhibit_id
                       JOIN erasure ON erasure.case_id = exhibit.case_id AND erasure.ended_at IS NULL
                            AND (erasure.exhibit_id IS NULL OR erasure.exhibit_id = exhibit.id)
                       WHERE source.request_id = OLD.id)) THEN
            RETURN NEW;
        END IF;
    ELSIF (NEW.key, NEW.sealed) IS DISTINCT FROM (OLD.key, OLD.sealed) OR side IS NULL THEN
        NULL;
    ELSIF OLD.answered_at IS NULL AND NEW.answered_at IS NOT NULL AND NEW.answer IS NOT NULL
        AND (OLD.last_day >= today OR (answered_elsewhere AND side = OLD.receiver_id))
        AND (side = OLD.receiver_id OR (side = OLD.sender_id AND NEW.document IS NOT NULL))
        AND NEW.arrived_at IS NOT DISTINCT FROM OLD.arrived_at THEN
        RETURN NEW;
    ELSIF OLD.by_line AND side = OLD.receiver_id AND OLD.arrived_at IS NULL AND NEW.arrived_at IS NOT NULL
        AND (NEW.answer, NEW.answered_at, NEW.document, NEW.informed_at)
            IS NOT DISTINCT FROM (OLD.answer, OLD.answered_at, OLD.document, OLD.informed_at) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a request stays as it is' USING ERRCODE = 'insufficient_privilege';
END
$$;
