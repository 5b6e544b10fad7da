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

months as (

    select
        cast(unnest(
            generate_series(min(covered_month), max(covered_month), interval '1' month)
        ) as date) as listening_month

    from recorded_days

),

days_counted as (

    select
        months.listening_month,
        count(recorded_days.covered_date) as covered_days,
        covered_days < day(last_day(months.listening_month)) as is_partial,
        bool_and(recorded_days.is_new_known) as is_new_known

    from months

    left join recorded_days
        on months.listening_month = recorded_days.covered_month

    group by months.listening_month

)

select * from days_counted
