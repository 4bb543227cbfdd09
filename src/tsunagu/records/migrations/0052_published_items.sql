-- What is published of a series is its own agency's; its bank and its item there as well.
ALTER TABLE published_item ENABLE ROW LEVEL SECURITY;
ALTER TABLE published_item FORCE ROW LEVEL SECURITY;
CREATE POLICY own_agency ON published_item TO :app: USING (
    agency_id = current_setting('tsunagu.agency')::uuid);
CREATE POLICY seen_item ON published_item AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK (
    series_id IN (SELECT id FROM series) AND case_id IN (SELECT id FROM "case")
    AND item_id IN (SELECT id FROM media_item) AND published_by_id IN (SELECT id FROM officer)
    AND EXISTS (SELECT FROM bank_item JOIN bank ON bank.id = bank_item.bank_id
        WHERE bank_item.id = published_item.bank_item_id AND bank.id = published_item.bank_id
        AND bank.agency_id = published_item.agency_id));
GRANT SELECT, INSERT, DELETE ON published_item TO :app:;
GRANT USAGE ON SEQUENCE published_item_id_seq TO :app:;
