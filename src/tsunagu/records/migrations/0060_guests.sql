-- An invitation is its owner's, and seen by the guest's agency once two people of the owner have agreed.
ALTER TABLE guest ENABLE ROW LEVEL SECURITY;
ALTER TABLE guest FORCE ROW LEVEL SECURITY;
CREATE POLICY either_side ON guest FOR SELECT TO :app: USING (
    owner_id = current_setting('tsunagu.agency')::uuid
    OR of_id = current_setting('tsunagu.agency')::uuid AND confirmed_at IS NOT NULL);
CREATE POLICY proposed ON guest FOR INSERT TO :app: WITH CHECK (
    owner_id = current_setting('tsunagu.agency')::uuid AND of_id <> owner_id AND confirmed_at IS NULL
    AND confirmed_by_id IS NULL AND taken_at IS NULL AND officer_id IS NULL
    AND EXISTS (SELECT FROM officer WHERE officer.id = guest.proposed_by_id)
    AND EXISTS (SELECT FROM series WHERE series.id = guest.series_id AND series.agency_id = guest.owner_id));
-- The owner confirms by a second person, and ends; the guest answers for himself, and leaves. What has ended stays so.
CREATE POLICY owner_changes ON guest FOR UPDATE TO :app: USING (
    owner_id = current_setting('tsunagu.agency')::uuid AND ended_at IS NULL)
    WITH CHECK (
        owner_id = current_setting('tsunagu.agency')::uuid
        AND (confirmed_at IS NULL) = (confirmed_by_id IS NULL)
        AND (confirmed_by_id IS NULL
             OR confirmed_by_id <> proposed_by_id AND EXISTS (
                 SELECT FROM officer WHERE officer.id = guest.confirmed_by_id)));
CREATE POLICY guest_changes ON guest FOR UPDATE TO :app: USING (
    of_id = current_setting('tsunagu.agency')::uuid AND confirmed_at IS NOT NULL AND ended_at IS NULL)
    WITH CHECK (of_id = current_setting('tsunagu.agency')::uuid AND confirmed_at IS NOT NULL
        AND (officer_id IS NULL
             OR EXISTS (SELECT FROM officer WHERE officer.id = guest.officer_id AND officer.login = guest.login)));
CREATE POLICY being_erased ON guest FOR DELETE TO :app: USING (
    owner_id = current_setting('tsunagu.agency')::uuid
    AND EXISTS (SELECT FROM erasure WHERE ended_at IS NULL AND exhibit_id IS NULL));

-- Whether somebody looks as this guest, at this moment: accepted, in time, certified, and still of his agency.
CREATE POLICY as_guest ON series FOR SELECT TO :app: USING (root_id = (
    SELECT guest.series_id FROM guest JOIN officer ON officer.id = guest.officer_id
    WHERE guest.id = NULLIF(current_setting('tsunagu.guest', true), '')::uuid
        AND guest.of_id = current_setting('tsunagu.agency')::uuid
        AND guest.taken_at IS NOT NULL AND guest.ended_at IS NULL
        AND guest.lapses_at > now() AND guest.until >= (now() AT TIME ZONE 'UTC')::date
        AND officer.is_active AND officer.certified_until > now()));
CREATE POLICY as_guest ON series_item FOR SELECT TO :app: USING (series_id = ANY (ARRAY(
    SELECT series.id FROM series WHERE series.root_id = (
        SELECT guest.series_id FROM guest
        WHERE guest.id = NULLIF(current_setting('tsunagu.guest', true), '')::uuid))));
CREATE POLICY as_guest ON series_alias FOR SELECT TO :app: USING (series_id = ANY (ARRAY(
    SELECT series.id FROM series WHERE series.root_id = (
        SELECT guest.series_id FROM guest
        WHERE guest.id = NULLIF(current_setting('tsunagu.guest', true), '')::uuid))));

-- Who sees an invitation sees its answers; they are entered by who looks as its guest, and go with what they are about.
ALTER TABLE guest_answer ENABLE ROW LEVEL SECURITY;
ALTER TABLE guest_answer FORCE ROW LEVEL SECURITY;
CREATE POLICY either_side ON guest_answer FOR SELECT TO :app: USING (
    EXISTS (SELECT FROM guest WHERE guest.id = guest_answer.guest_id));
CREATE POLICY answered ON guest_answer FOR INSERT TO :app: WITH CHECK (
    guest_id = NULLIF(current_setting('tsunagu.guest', true), '')::uuid
    AND EXISTS (SELECT FROM guest JOIN series ON series.id = guest.series_id
                WHERE guest.id = guest_answer.guest_id AND guest.of_id = current_setting('tsunagu.agency')::uuid)
    AND (item_id IS NULL AND case_id IS NULL OR EXISTS (
        SELECT FROM series_item JOIN series ON series.id = series_item.series_id
        JOIN guest ON guest.series_id = series.root_id
        WHERE guest.id = guest_answer.guest_id AND series_item.item_id = guest_answer.item_id
            AND series_item.case_id = guest_answer.case_id)));
CREATE POLICY being_erased ON guest_answer FOR DELETE TO :app: USING (
    EXISTS (SELECT FROM guest WHERE guest.id = guest_answer.guest_id
            AND guest.owner_id = current_setting('tsunagu.agency')::uuid)
    AND EXISTS (SELECT FROM erasure WHERE ended_at IS NULL));

GRANT SELECT, INSERT, DELETE ON guest, guest_answer TO :app:;
GRANT UPDATE (officer_id, lapses_at, confirmed_by_id, confirmed_at, taken_at, declined_at, ended_at, "end") ON guest TO :app:;
GRANT USAGE ON SEQUENCE guest_answer_id_seq TO :app:;
