-- A key of the rollup has to fit into an index.
UPDATE sms_facts
SET carrier = left(carrier, 200), campaign = left(campaign, 200)
WHERE length(carrier) > 200 OR length(campaign) > 200
