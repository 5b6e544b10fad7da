/*---
description: >-
  One row a play, with when it really began and stopped. Plays that were made offline, or that were
  uploaded with others at one moment, form an offline batch whose end is that of the upload. Account
  data has ends to the minute and says nothing of uploads; of several plays that ended in one minute
  the longest counts as the first, since all others began after it had ended. The Web API has no
  lengths: there a play began a track's length before its end, or when the play before ended.
columns:
  - name: play_id
    description: The play.
    data_tests: [unique, not_null]
  - name: is_offline_batch
    description: Whether it was played offline or uploaded with others at one moment.
    data_tests: [not_null]
  - name: started_at
    description: When the play began, UTC.
    data_tests: [not_null]
  - name: stopped_at
    description: When the music stopped, UTC.
    data_tests: [not_null]
data_tests:
  - expression: { expression: started_at <= stopped_at }
---*/

with

play_sightings as (

    select play_id, account, source_kind, track_id, ended_at, offline_at, offline, ms_played

    from {{ref 'play_sightings'}}

    where is_kept

),

tracks as (

    select track_id, duration_ms from {{ref 'tracks'}}

),

shared_moments as (

    select account, ended_at from play_sightings

    where source_kind = 'extended'

    group by account, ended_at

    having count(*) > 1

),

batches_found as (

    select
        play_sightings.*,
        coalesce(play_sightings.offline, false)
            or play_sightings.source_kind = 'extended'
            and shared_moments.ended_at is not null
            as is_offline_batch,
        play_sightings.ended_at
            - interval '0.001' second
            * coalesce(play_sightings.ms_played, tracks.duration_ms, 0) as counted_start

    from play_sightings

    left join tracks
        on play_sightings.track_id = tracks.track_id
    left join shared_moments
        on play_sightings.account = shared_moments.account
        and play_sightings.ended_at = shared_moments.ended_at

),

previous_ends_found as (

    select
        *,
        lag(ended_at) over (
            partition by account, is_offline_batch
            order by ended_at, ms_played desc, play_id
        ) as previous_end

    from batches_found

),

starts_estimated as (

    select
        *,
        case
            -- The offline moment is the start unless it lies after that or weeks before the upload.
            when is_offline_batch
                and offline_at >= ended_at - interval '30' day
                and offline_at <= counted_start + interval '10' second
                then least(offline_at, ended_at)
            when is_offline_batch then counted_start
            else greatest(counted_start, coalesce(previous_end, counted_start))
        end as started_at

    from previous_ends_found

),

stops_estimated as (

    select
        play_id,
        is_offline_batch,
        started_at,
        if(
            is_offline_batch,
            least(coalesce(started_at + interval '0.001' second * ms_played, ended_at), ended_at),
            ended_at
        ) as stopped_at

    from starts_estimated

)

select * from stops_estimated
