/*---
description: One row a local month from the first covered day to the last.
materialized: ephemeral
columns:
  - name: listening_month
    description: First day of the local month.
  - name: covered_days
    description: Days of the month that a source covers.
  - name: is_partial
    description: Whether no source covers some of its days.
  - name: is_new_known
    description: >-
      Whether what is heard for the first time on any of its covered days counts as new; null
      without such a day.
---*/

with

recorded_days as (

    select *, cast(date_trunc('month', covered_date) as date) as covered_month

    from {{ref 'recorded_days'}}

),

month_ends as (

    select min(covered_month) as first_month, max(covered_month) as last_month from recorded_days

),

months as (

    select cast(listed.listed_month as date) as listening_month from month_ends

    cross join unnest({{> month_series first='month_ends.first_month' last='month_ends.last_month'}})
        as listed (listed_month)

),

days_counted as (

    select
        months.listening_month,
        count(recorded_days.covered_date) as covered_days,
        count(recorded_days.covered_date)
            < day(months.listening_month + interval '1' month - interval '1' day) as is_partial,
        bool_and(recorded_days.is_new_known) as is_new_known

    from months

    left join recorded_days
        on months.listening_month = recorded_days.covered_month

    group by months.listening_month

)

select * from days_counted
