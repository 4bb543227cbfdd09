-- A request is seen by its two sides; about whom it is the sender alone sees.
ALTER TABLE enquiry_request ENABLE ROW LEVEL SECURITY;
ALTER TABLE enquiry_request FORCE ROW LEVEL SECURITY;
ALTER TABLE enquiry_request_source ENABLE ROW LEVEL SECURITY;
ALTER TABLE enquiry_request_source FORCE ROW LEVEL SECURITY;

CREATE POLICY own_agency ON enquiry_request_source TO :app: USING (
    agency_id = current_setting('tsunagu.agency')::uuid);
-- A foreign key is checked past these policies: see 0002_guards.sql.
CREATE POLICY of_its_list ON enquiry_request_source AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK (
    EXISTS (SELECT FROM listed_person WHERE listed_person.id = enquiry_request_source.person_id
            AND listed_person.list_id = enquiry_request_source.list_id)
    AND EXISTS (SELECT FROM enquiry_request WHERE enquiry_request.id = enquiry_request_source.request_id
                AND enquiry_request.sender_id = enquiry_request_source.agency_id));
CREATE POLICY being_erased ON enquiry_request_source AS RESTRICTIVE FOR DELETE TO :app: USING (EXISTS (
    SELECT FROM erasure JOIN exhibit ON exhibit.case_id = erasure.case_id
    JOIN seized_list ON seized_list.exhibit_id = exhibit.id
    WHERE erasure.ended_at IS NULL AND seized_list.id = enquiry_request_source.list_id
      AND (erasure.exhibit_id IS NULL OR erasure.exhibit_id = exhibit.id)));

CREATE POLICY its_two_sides ON enquiry_request FOR SELECT TO :app: USING (
    current_setting('tsunagu.agency')::uuid IN (sender_id, receiver_id));
CREATE POLICY asked ON enquiry_request FOR INSERT TO :app: WITH CHECK (
    sender_id = current_setting('tsunagu.agency')::uuid AND receiver_id <> sender_id
    AND answered_at IS NULL AND erased_at IS NULL);
CREATE POLICY its_two_sides_change ON enquiry_request FOR UPDATE TO :app: USING (
    current_setting('tsunagu.agency')::uuid IN (sender_id, receiver_id) AND erased_at IS NULL) WITH CHECK (true);

-- It is answered once, and by its last day. Then, or with the list that it came from, it is erased, and nothing is left
-- but that it was.
CREATE FUNCTION enquiry_request_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.erased_at IS NOT NULL THEN
        IF NEW.key IS NULL AND NEW.sealed IS NULL AND NEW.answer IS NULL AND (
            (OLD.answered_at IS NULL AND OLD.last_day < (now() AT TIME ZONE 'UTC')::date)
            OR EXISTS (SELECT FROM enquiry_request_source source
                       JOIN seized_list ON seized_list.id = source.list_id
                       JOIN exhibit ON exhibit.id = seized_list.exhibit_id
                       JOIN erasure ON erasure.case_id = exhibit.case_id AND erasure.ended_at IS NULL
                            AND (erasure.exhibit_id IS NULL OR erasure.exhibit_id = exhibit.id)
                       WHERE source.request_id = OLD.id)) THEN
            RETURN NEW;
        END IF;
    ELSIF OLD.answered_at IS NULL AND NEW.answered_at IS NOT NULL AND NEW.answer IS NOT NULL
        AND (NEW.key, NEW.sealed) IS NOT DISTINCT FROM (OLD.key, OLD.sealed) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a request stays as it is' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER request_stays BEFORE UPDATE ON enquiry_request FOR EACH ROW EXECUTE FUNCTION enquiry_request_stays();

GRANT SELECT, INSERT ON enquiry_request TO :app:;
GRANT UPDATE (key, sealed, answer, answered_at, document, erased_at) ON enquiry_request TO :app:;
GRANT SELECT, INSERT, DELETE ON enquiry_request_source TO :app:;
GRANT USAGE ON SEQUENCE enquiry_request_source_id_seq TO :app:;
