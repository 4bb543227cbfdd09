-- A seized list, and all that hangs on it, is its own agency's.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['seized_list', 'seized_piece', 'seized_chunk', 'pair_answer', 'listed_person'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY own_agency ON %I TO :app: USING '
                       '(agency_id = current_setting(''tsunagu.agency'')::uuid)', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['seized_piece', 'seized_chunk', 'pair_answer', 'listed_person'] LOOP
        -- A foreign key is checked past these policies: see 0002_guards.sql.
        EXECUTE format('CREATE POLICY seen_list ON %I AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK ('
                       'EXISTS (SELECT FROM seized_list WHERE seized_list.id = %1$I.list_id))', name);
        -- Nothing is deleted unless an erasure of it has been decided, and is under way.
        EXECUTE format('CREATE POLICY being_erased ON %I AS RESTRICTIVE FOR DELETE TO :app: USING (EXISTS ('
                       'SELECT FROM erasure JOIN exhibit ON exhibit.case_id = erasure.case_id '
                       'JOIN seized_list ON seized_list.exhibit_id = exhibit.id '
                       'WHERE erasure.ended_at IS NULL AND seized_list.id = %1$I.list_id '
                       'AND (erasure.exhibit_id IS NULL OR erasure.exhibit_id = exhibit.id)))', name);
    END LOOP;
END
$$;
CREATE POLICY seen_exhibit ON seized_list AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK (
    EXISTS (SELECT FROM exhibit WHERE exhibit.id = seized_list.exhibit_id)
    AND begun_by_id IN (SELECT id FROM officer));
CREATE POLICY being_erased ON seized_list AS RESTRICTIVE FOR DELETE TO :app: USING (EXISTS (
    SELECT FROM erasure JOIN exhibit ON exhibit.case_id = erasure.case_id
    WHERE erasure.ended_at IS NULL AND exhibit.id = seized_list.exhibit_id
      AND (erasure.exhibit_id IS NULL OR erasure.exhibit_id = exhibit.id)));

-- What was sealed stays as it came; answers are added, and persons end.
GRANT SELECT, INSERT, DELETE ON seized_list, seized_piece, seized_chunk, pair_answer, listed_person TO :app:;
GRANT UPDATE (rows, refused, oddities, imported_at, resolved_at, links) ON seized_list TO :app:;
GRANT UPDATE (ended_at) ON listed_person TO :app:;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO :app:;
