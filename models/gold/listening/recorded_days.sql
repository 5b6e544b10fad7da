/*---
description: >-
  One row a local day that a source covers, with the record it belongs to. A record begins with the
  first covered day, and anew after 30 days or more that no source covers.
materialized: ephemeral
columns:
  - name: covered_date
    description: Local day.
  - name: is_complete
    description: Whether a source tells of the whole day.
  - name: is_new_known
    description: >-
      Whether what is heard for the first time on that day counts as new; not in the first 90 days
      of a record, when much only seems new.
---*/

with

covered_days as (

    select
        covered_date,
        bool_or(is_complete) as is_complete,
        coalesce(
            covered_date > lag(covered_date) over (order by covered_date) + interval '30' day,
            true
        ) as begins_record

    from {{ref 'covered_days'}}

    group by covered_date

),

records_begun as (

    select
        covered_date,
        is_complete,
        max(if(begins_record, covered_date, null)) over (order by covered_date) as record_began_on

    from covered_days

),

days_judged as (

    select
        covered_date,
        is_complete,
        covered_date >= record_began_on + interval '90' day as is_new_known

    from records_begun

)

select * from days_judged
