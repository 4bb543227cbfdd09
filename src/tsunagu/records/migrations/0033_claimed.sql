-- Likewise what another agency says of a content stays only until it is examined here.
DROP POLICY cut_short ON media_item;
CREATE POLICY not_examined ON media_item AS RESTRICTIVE FOR UPDATE TO :app: USING (
    claimed OR refused IN ('decoder-died', 'out-of-memory', 'out-of-time')) WITH CHECK (true);
DROP POLICY cut_short_or_held_nowhere ON fingerprint;
CREATE POLICY not_examined_or_held_nowhere ON fingerprint AS RESTRICTIVE FOR DELETE TO :app: USING (
    EXISTS (SELECT FROM media_item WHERE media_item.id = fingerprint.item_id
            AND (claimed OR refused IN ('decoder-died', 'out-of-memory', 'out-of-time')))
    OR EXISTS (SELECT FROM erasure WHERE ended_at IS NULL)
    AND NOT EXISTS (SELECT FROM holding WHERE holding.item_id = fingerprint.item_id));
GRANT UPDATE (claimed) ON media_item TO :app:;
