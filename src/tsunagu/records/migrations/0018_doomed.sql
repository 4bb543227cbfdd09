-- What is to leave the vault is marked, then removed, then forgotten: whoever dies in between leaves the mark.
DROP POLICY held_nowhere ON vaulted_content;
CREATE POLICY held_nowhere ON vaulted_content AS RESTRICTIVE FOR UPDATE TO :app: USING (true) WITH CHECK (
    NOT EXISTS (SELECT FROM media_item WHERE media_item.sha256 = vaulted_content.sha256));
CREATE POLICY doomed ON vaulted_content AS RESTRICTIVE FOR DELETE TO :app: USING (doomed);

GRANT UPDATE (doomed) ON vaulted_content TO :app:;
