-- Who went this way before is set apart as well; of him it is kept no longer than of those who go it now.
ALTER TABLE juvenile NO FORCE ROW LEVEL SECURITY;
ALTER TABLE listed_person NO FORCE ROW LEVEL SECURITY;
ALTER TABLE seized_list NO FORCE ROW LEVEL SECURITY;
ALTER TABLE exhibit NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "case" NO FORCE ROW LEVEL SECURITY;
UPDATE juvenile SET keep_until = least((decided_at AT TIME ZONE 'UTC' + interval '24 months')::date, (
    SELECT "case".keep_until FROM seized_list
    JOIN exhibit ON exhibit.id = seized_list.exhibit_id
    JOIN "case" ON "case".id = exhibit.case_id
    WHERE seized_list.id = juvenile.list_id));
UPDATE listed_person SET apart = true WHERE id IN (SELECT person_id FROM juvenile);
ALTER TABLE juvenile FORCE ROW LEVEL SECURITY;
ALTER TABLE listed_person FORCE ROW LEVEL SECURITY;
ALTER TABLE seized_list FORCE ROW LEVEL SECURITY;
ALTER TABLE exhibit FORCE ROW LEVEL SECURITY;
ALTER TABLE "case" FORCE ROW LEVEL SECURITY;

-- It is read by who handles juveniles, says so, and is written to by anybody who hands one over.
-- It goes with its list, or once its own last day is over.
DO $$
DECLARE
    being_erased text := 'EXISTS (SELECT FROM erasure JOIN exhibit ON exhibit.case_id = erasure.case_id '
        'JOIN seized_list ON seized_list.exhibit_id = exhibit.id '
        'WHERE erasure.ended_at IS NULL AND seized_list.id = %I.list_id '
        'AND (erasure.exhibit_id IS NULL OR erasure.exhibit_id = exhibit.id))';
    goes text := format(being_erased, 'juvenile') || ' OR keep_until < (now() AT TIME ZONE ''UTC'')::date';
BEGIN
    DROP POLICY being_erased ON juvenile;
    EXECUTE 'CREATE POLICY goes ON juvenile AS RESTRICTIVE FOR DELETE TO :app: USING (' || goes || ')';
    EXECUTE 'CREATE POLICY handled ON juvenile AS RESTRICTIVE FOR SELECT TO :app: USING ('
            'coalesce(current_setting(''tsunagu.juvenile'', true), '''') = ''on'' OR ' || goes || ')';
    -- What was recorded of him before leaves the store of his list.
    DROP POLICY being_erased ON gate_step;
    EXECUTE 'CREATE POLICY goes ON gate_step AS RESTRICTIVE FOR DELETE TO :app: USING ('
            || format(being_erased, 'gate_step')
            || ' OR EXISTS (SELECT FROM listed_person WHERE listed_person.id = gate_step.person_id AND apart))';
END
$$;
-- Whoever is set apart stays so.
GRANT UPDATE (apart) ON listed_person TO :app:;
CREATE POLICY stays_apart ON listed_person AS RESTRICTIVE FOR UPDATE TO :app: USING (true) WITH CHECK (
    apart OR NOT EXISTS (SELECT FROM juvenile WHERE juvenile.person_id = listed_person.id));
