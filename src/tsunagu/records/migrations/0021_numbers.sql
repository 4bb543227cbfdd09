-- Their own owner is bound by row-level security: what is there is numbered before the policies see it.
ALTER TABLE holding NO FORCE ROW LEVEL SECURITY;
ALTER TABLE exhibit NO FORCE ROW LEVEL SECURITY;
UPDATE holding SET number = counted.number FROM (
    SELECT holding.id, row_number() OVER (PARTITION BY exhibit.case_id ORDER BY holding.id) AS number
    FROM holding JOIN exhibit ON exhibit.id = holding.exhibit_id) AS counted
WHERE counted.id = holding.id;
ALTER TABLE exhibit FORCE ROW LEVEL SECURITY;
ALTER TABLE holding FORCE ROW LEVEL SECURITY;
