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

year_ends as (

    select min(year(covered_date)) as first_year, max(year(covered_date)) as last_year
    from recorded_days

),

years as (

    select listed.listening_year from year_ends

    cross join unnest({{> number_series first='year_ends.first_year' last='year_ends.last_year'}})
        as listed (listening_year)

),

days_counted as (

    select
        years.listening_year,
        count(recorded_days.covered_date) as covered_days,
        count(recorded_days.covered_date)
            < extract(doy from {{> year_date year='years.listening_year' day='12-31'}})
            as is_partial

    from years

    left join recorded_days
        on years.listening_year = year(recorded_days.covered_date)

    group by years.listening_year

)

select * from days_counted
