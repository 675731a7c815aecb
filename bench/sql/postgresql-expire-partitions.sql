-- Half of the partitions go by bare statements: nothing is proven.
BEGIN;
ALTER TABLE days DETACH PARTITION days_0;
DROP TABLE days_0;
ALTER TABLE days DETACH PARTITION days_1;
DROP TABLE days_1;
ALTER TABLE days DETACH PARTITION days_2;
DROP TABLE days_2;
COMMIT;
