-- A workplace of :items: media items, for measuring pages: plausible rows, made in the database itself. Nothing of it was
-- ever decoded: digests and fingerprints are digests of numbers. Each agency holds as much as the next; half of it lies
-- in one exhibit, as a seizure does that fills a case by itself.
CREATE TEMP TABLE crew AS SELECT agency_id, id AS officer_id,
    row_number() OVER (PARTITION BY agency_id ORDER BY login) - 1 AS place, roles
    FROM officer WHERE 'officer' = ANY (roles);
CREATE TEMP TABLE house AS SELECT id AS agency_id, row_number() OVER (ORDER BY name) - 1 AS number FROM agency;

INSERT INTO "case" (id, agency_id, reference, purpose, covert, opened_at, opened_by_id, keep_until)
SELECT gen_random_uuid(), h.agency_id, format('C-%s-%s', h.number, lpad(n::text, 3, '0')), 'investigation', false,
       now() - n * interval '3 days', (SELECT officer_id FROM crew WHERE crew.agency_id = h.agency_id AND place = 0),
       current_date + 1000
FROM house h, generate_series(1, :cases:) n;
-- Everybody works on the case with the large exhibit, and on every third of the others.
INSERT INTO case_member (agency_id, case_id, officer_id, added_by_id, added_at)
SELECT c.agency_id, c.id, w.officer_id, c.opened_by_id, c.opened_at FROM "case" c JOIN crew w USING (agency_id)
WHERE right(c.reference, 3)::int = 1 OR right(c.reference, 3)::int % 3 = w.place % 3;
INSERT INTO exhibit (id, agency_id, case_id, reference, registered_at, registered_by_id)
SELECT gen_random_uuid(), agency_id, id, 'E-' || n, opened_at, opened_by_id FROM "case", generate_series(1, :exhibits:) n;
INSERT INTO intake (id, agency_id, exhibit_id, begun_by_id, source, state, files_total, files_done, kept, skipped,
                    refused, begun_at, touched_at, ended_at, done_before, attempts)
SELECT gen_random_uuid(), agency_id, id, registered_by_id, 'upload', 'done', 100, 100, 100, 0, '{}', registered_at,
       registered_at, registered_at, 0, 0 FROM exhibit;
CREATE TEMP TABLE place AS SELECT e.agency_id, e.case_id, e.id AS exhibit_id, i.id AS intake_id, h.number,
    row_number() OVER (PARTITION BY e.agency_id ORDER BY c.reference, e.reference) - 1 AS nth
    FROM exhibit e JOIN "case" c ON c.id = e.case_id JOIN intake i ON i.exhibit_id = e.id
    JOIN house h ON h.agency_id = e.agency_id;

INSERT INTO media_item (agency_id, sha256, sha1, md5, size_bytes, media_type, width, height, codecs, tags, refused,
                        claimed)
SELECT agency_id, sha256(convert_to(number || '/' || n, 'UTF8')),
       substr(sha256(convert_to('1/' || number || '/' || n, 'UTF8')), 1, 20),
       decode(md5(number || '/' || n), 'hex'), 50000 + n % 4000000, 'image/jpeg', 4032, 3024, '[]', '{}',
       CASE WHEN n % 200 = 0 THEN 'damaged' END, false
FROM house, generate_series(1, :items: / (SELECT count(*) FROM house)) n ORDER BY number, n;
INSERT INTO holding (agency_id, exhibit_id, number, item_id, path, path_digest, size_bytes, mtime_ns, linked_at, intake_id,
                     scanned)
SELECT m.agency_id, p.exhibit_id, row_number() OVER (PARTITION BY p.case_id ORDER BY m.id), m.id, path, sha256(path), m.size_bytes, 1700000000000000000, now(), p.intake_id, false
FROM (SELECT *, convert_to('/seized/DCIM/IMG_' || id || '.jpg', 'UTF8') AS path,
             CASE WHEN id % 2 = 0 THEN 0 ELSE 1 + id / 2 % (:cases: * :exhibits: - 1) END AS nth FROM media_item) m
JOIN place p ON p.agency_id = m.agency_id AND p.nth = m.nth;
INSERT INTO fingerprint (agency_id, item_id, kind, data, turns, quality)
SELECT agency_id, id, 'pdq-1', sha256, sha256 || sha256 || sha256 || sha256 || sha256 || sha256 || sha256 || sha256, 90
FROM media_item WHERE refused IS NULL;

UPDATE media_item SET compared = nextval('compared_items');

-- Overlaps: each case with some of the next agencies', nearly all shared by both sides.
CREATE TEMP TABLE pair AS SELECT gen_random_uuid() AS id, a.id AS one, b.id AS other, a.agency_id AS agency_one,
    b.agency_id AS agency_other, a.reference AS reference_one, b.reference AS reference_other,
    (right(a.reference, 3)::int + right(b.reference, 3)::int) % 5 AS state
    FROM "case" a JOIN "case" b ON a.id < b.id AND a.agency_id <> b.agency_id
    AND (right(a.reference, 3)::int * 7 + right(b.reference, 3)::int) % 6 = 0;
INSERT INTO overlap (id, case_a, case_b, agency_a, agency_b, shared_a, shared_b, found_at)
SELECT id, one, other, agency_one, agency_other, state > 1, state > 1, now() - state * interval '1 day' FROM pair;
INSERT INTO overlap_notice (id, agency_id, overlap_id, case_id, other_agency_id, held, withheld, noticed_at,
                            acknowledged_at, acknowledged_by_id, shared_at, shared_by_id, shared_reference, revealed, ended)
SELECT gen_random_uuid(), side.agency_id, pair.id, side.case_id, side.other_id, false, false, now() - interval '1 day',
       CASE WHEN state > 0 THEN now() END, CASE WHEN state > 0 THEN w.officer_id END,
       CASE WHEN state > 1 THEN now() END, CASE WHEN state > 1 THEN w.officer_id END,
       CASE WHEN state > 1 THEN side.reference END,
       CASE WHEN state > 1 THEN jsonb_build_object('case', side.theirs, 'exact', 20, 'near', 30, 'video_stretches', 10,
            'audio', 0, 'strength', 'moderate', 'reasons', jsonb_build_array('20 identical files.')) END, false
FROM pair, LATERAL (VALUES (one, agency_one, agency_other, reference_one, reference_other),
                           (other, agency_other, agency_one, reference_other, reference_one))
           AS side (case_id, agency_id, other_id, reference, theirs)
JOIN crew w ON w.agency_id = side.agency_id AND w.place = 0;
CREATE TEMP TABLE sampled AS SELECT c.id AS case_id, n.nth, n.item_id FROM "case" c, LATERAL (
    SELECT row_number() OVER () AS nth, item_id FROM (
        SELECT item_id FROM holding JOIN exhibit ON exhibit.id = exhibit_id WHERE exhibit.case_id = c.id LIMIT :hits:) f) n;
INSERT INTO hit (id, overlap_id, kind, item_a, item_b, distance_bits, stretches, commonness, silenced, holds, turn)
SELECT (random() * 9007199254740991)::bigint, pair.id, (ARRAY['exact', 'near', 'near', 'video'])[a.nth % 4 + 1],
       a.item_id, b.item_id, CASE WHEN a.nth % 4 = 0 THEN 0 ELSE a.nth % 31 END,
       CASE WHEN a.nth % 4 = 3 THEN '[[1.0, 9.0, 4.0, 12.0, 10]]'::jsonb ELSE '[]' END, 'rare', false, true,
       CASE WHEN a.nth % 4 IN (1, 2) THEN 0 END
FROM pair JOIN sampled a ON a.case_id = one JOIN sampled b ON b.case_id = other AND b.nth = a.nth;
INSERT INTO judgement (agency_id, hit_id, officer_id, answer, sameness, judged_at)
SELECT o.agency_a, h.id, w.officer_id, 'same', 'file', now() FROM hit h JOIN overlap o ON o.id = h.overlap_id
JOIN crew w ON w.agency_id = o.agency_a AND w.place = 0 WHERE h.id % 5 = 0;
INSERT INTO bank (id, agency_id, name, semantics, legal_ground, opened_at, opened_by_id, unapplied, radius_bits, is_on,
                  is_open, share_percent, items)
SELECT gen_random_uuid(), agency_id, 'B-' || n, 'benign', 'a law', now(), officer_id, false, 31, true, false, 100, 0 FROM crew, generate_series(1, 5) n
WHERE place = 0;

-- Years of deeds: what they tell is of no matter here, their number is.
SELECT count(ledger.append(bodies)) FROM (
    SELECT array_agg(jsonb_build_object('act', 'case:read', 'at', :at:, 'agency', agency_id, 'officer', officer_id,
                                        'purpose', 'investigation')::text) AS bodies
    FROM generate_series(1, :entries:) n JOIN crew ON place = 0 AND mod(n, (SELECT count(*) FROM house))
         = (SELECT number FROM house WHERE house.agency_id = crew.agency_id) GROUP BY n / 5000) b;
