-- The COPY of one table, of some UTC days of it where it has a time. Text that a spreadsheet would take for a formula
-- gets an apostrophe before it; a number with its sign is none.
SELECT
    format(
        'COPY (SELECT %%s FROM %%I AS t WHERE %%s ORDER BY %%s) TO STDOUT (FORMAT csv, HEADER)',
        string_agg(
            CASE WHEN a.atttypid IN ('text'::regtype, 'varchar'::regtype)
                THEN format(
                    'CASE WHEN left(t.%%1$I, 1) = ANY (%%2$L::text []) AND t.%%1$I !~ ''^[+-][0-9]+$'''
                    ' THEN '''''''' || t.%%1$I ELSE t.%%1$I END AS %%1$I',
                    a.attname, ARRAY['=', '+', '-', '@', chr(9), chr(10), chr(13), '＝', '＋', '－', '＠']
                )
                ELSE format('t.%%I', a.attname)
            END,
            ', ' ORDER BY a.attnum
        ) FILTER (WHERE a.attname <> ALL(%(left_out)s::text [])),
        %(table_name)s::text,
        coalesce(
            min(
                CASE WHEN a.atttypid = 'date'::regtype
                    THEN format('t.%%I BETWEEN %%L AND %%L', a.attname, %(first_day)s::date, %(last_day)s::date)
                    ELSE format(
                        't.%%1$I >= %%2$L AND t.%%1$I < %%3$L', a.attname,
                        %(first_day)s::date::timestamp AT TIME ZONE 'UTC', (%(last_day)s::date + 1)::timestamp AT TIME ZONE 'UTC'
                    )
                END
            ) FILTER (WHERE a.attname = %(time_column)s::text),
            'true'
        ),
        -- With the table's name: ORDER BY would take a bare one for the cell, which no index has.
        (
            SELECT string_agg(format('t.%%I', o.name), ', ' ORDER BY o.place)
            FROM unnest(%(order_columns)s::text []) WITH ORDINALITY AS o (name, place)
        )
    ) AS statement
FROM pg_attribute AS a
WHERE a.attrelid = %(table_name)s::text::regclass AND a.attnum > 0 AND NOT a.attisdropped
