-- What is recorded of a person of a seized list is its agency's own, and goes with the list.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['gate_step', 'juvenile'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY own_agency ON %I TO :app: USING '
                       '(agency_id = current_setting(''tsunagu.agency'')::uuid)', name);
        -- A foreign key is checked past these policies: see 0002_guards.sql.
        EXECUTE format('CREATE POLICY seen_list ON %I AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK ('
                       'EXISTS (SELECT FROM seized_list WHERE seized_list.id = %1$I.list_id))', name);
        EXECUTE format('CREATE POLICY being_erased ON %I AS RESTRICTIVE FOR DELETE TO :app: USING (EXISTS ('
                       'SELECT FROM erasure JOIN exhibit ON exhibit.case_id = erasure.case_id '
                       'JOIN seized_list ON seized_list.exhibit_id = exhibit.id '
                       'WHERE erasure.ended_at IS NULL AND seized_list.id = %1$I.list_id '
                       'AND (erasure.exhibit_id IS NULL OR erasure.exhibit_id = exhibit.id)))', name);
    END LOOP;
END
$$;
CREATE POLICY of_its_list ON gate_step AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK (
    officer_id IN (SELECT id FROM officer)
    AND EXISTS (SELECT FROM listed_person WHERE listed_person.id = gate_step.person_id
                AND listed_person.list_id = gate_step.list_id));
CREATE POLICY of_its_list ON juvenile AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK (
    decided_by_id IN (SELECT id FROM officer)
    AND EXISTS (SELECT FROM listed_person WHERE listed_person.id = juvenile.person_id
                AND listed_person.list_id = juvenile.list_id));

-- A step is never changed: another one is added.
GRANT SELECT, INSERT, DELETE ON gate_step, juvenile TO :app:;
GRANT USAGE ON SEQUENCE gate_step_id_seq TO :app:;
