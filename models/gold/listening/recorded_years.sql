/*---
description: One row a local year from the first covered day to the last.
materialized: ephemeral
columns:
  - name: listening_year
    description: Local year.
  - name: covered_days
    description: Days of the year that a source covers.
  - name: is_partial
    description: >-
      Whether no source covers some of its days, as mostly in the first and the last year of a
      record; its sums are then not those of a year.
---*/

with

recorded_days as (

    select * from {{ref 'recorded_days'}}

),

years as (

    select
        unnest(generate_series(min(year(covered_date)), max(year(covered_date)))) as listening_year

    from recorded_days

),

days_counted as (

    select
        years.listening_year,
        count(recorded_days.covered_date) as covered_days,
        covered_days < make_date(years.listening_year + 1, 1, 1)
            - make_date(years.listening_year, 1, 1) as is_partial

    from years

    left join recorded_days
        on years.listening_year = year(recorded_days.covered_date)

    group by years.listening_year

)

select * from days_counted
