-- A vault's key and the list of what lies in it are their own agency's. A key is made once, and never changed.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['vault_key', 'vaulted_content'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY own_agency ON %I TO :app: USING '
                       '(agency_id = current_setting(''tsunagu.agency'')::uuid)', name);
    END LOOP;
END
$$;

-- What is held somewhere stays in the vault.
CREATE POLICY held_nowhere ON vaulted_content AS RESTRICTIVE FOR DELETE TO :app: USING (
    NOT EXISTS (SELECT FROM media_item WHERE media_item.sha256 = vaulted_content.sha256));

GRANT SELECT, INSERT ON vault_key TO :app:;
GRANT SELECT, INSERT, DELETE ON vaulted_content TO :app:;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO :app:;
