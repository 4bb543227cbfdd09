-- Their own owner is bound by row-level security: what is there is numbered before the policies see it.
ALTER TABLE holding NO FORCE ROW LEVEL SECURITY;
ALTER TABLE media_item NO FORCE ROW LEVEL SECURITY;
UPDATE media_item SET compared = nextval('compared_items') WHERE compared IS NULL
    AND EXISTS (SELECT FROM holding WHERE holding.item_id = media_item.id AND holding.linked_at IS NOT NULL);
ALTER TABLE media_item FORCE ROW LEVEL SECURITY;
ALTER TABLE holding FORCE ROW LEVEL SECURITY;
