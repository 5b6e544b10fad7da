/*---
description: >-
  One row a local day that an export tells of as a whole: the series that forecasts are learned from.
  Days that only the Web API tells of are left out, as its terms forbid learning from them, and so
  are periods of seed exclusions, of which it is not known what was listened to.
materialized: ephemeral
columns:
  - name: listening_date
    description: Local day.
  - name: plays
    description: Streams, 0 where there were none.
  - name: minutes
    description: Minutes of the streams; null where the source has no length for some of them.
  - name: energy
    description: >-
      Mean energy of the streams with features; null below the threshold forecast_min_streams of
      seed listening_thresholds.
  - name: feature_source
    description: >-
      Where the features behind the energy come from: synthetic or artist where any of them do,
      otherwise catalogue; none without an energy.
---*/

with

covered_days as (

    select covered_date as listening_date from {{ref 'covered_days'}}

    where source_kind != 'api'
    and is_complete

    group by covered_date

),

excluded_periods as (

    select from_date, to_date from {{ref 'exclusion_rules'}}

    where kind = 'period'

),

plays as (

    select play_id from {{ref 'plays'}}

    where source_kind != 'api'

),

streams as (

    select
        *,
        if(feature_source = 'api', null, energy) as landed_energy

    from {{ref 'streams'}}

    where play_id in (select play_id from plays)

),

listening_thresholds as (

    select value as least_streams from {{ref 'listening_thresholds'}}

    where threshold = 'forecast_min_streams'

),

days_counted as (

    select
        listening_date,
        count(*) as plays,
        if(count(ms_played) = count(*), {{> minutes_played}}, null) as minutes,
        {{> mean of='landed_energy'}} as energy,
        count(landed_energy) as featured_streams,
        case
            when bool_or(feature_source = 'synthetic' and landed_energy is not null) then 'synthetic'
            when bool_or(feature_source = 'artist' and landed_energy is not null) then 'artist'
            when count(landed_energy) > 0 then 'catalogue'
        end as feature_source

    from streams

    group by listening_date

),

days_joined as (

    select
        covered_days.listening_date,
        coalesce(days_counted.plays, 0) as plays,
        cast(if(days_counted.listening_date is null, 0, days_counted.minutes) as double) as minutes,
        cast(if(
            days_counted.featured_streams >= listening_thresholds.least_streams,
            days_counted.energy,
            null
        ) as double) as energy,
        if(
            days_counted.featured_streams >= listening_thresholds.least_streams,
            days_counted.feature_source,
            'none'
        ) as feature_source

    from covered_days

    cross join listening_thresholds

    left join days_counted
        on covered_days.listening_date = days_counted.listening_date

    where not exists (
        select 1 from excluded_periods

        where covered_days.listening_date >= excluded_periods.from_date
        and covered_days.listening_date <= excluded_periods.to_date
    )

)

select * from days_joined
