/*---
description: >-
  One row a play of a track that an extended history tells of, and one a song for its next play,
  which is taken to begin when the track before is done, without shuffle. Only exports: plays of the
  Web API tell no reason and are never trained on.
materialized: ephemeral
columns:
  - name: play_id
    description: The play; null for a next play.
  - name: ended_at
    description: End as the source has it, UTC; of a next play the end of the newest play.
  - name: is_next
    description: Whether it is the song's next play.
  - name: is_skipped
    description: Whether it was skipped; null where that is not known.
  - name: song_id
    description: The song.
  - name: artist_key
    description: Artist of the track's album.
  - name: album_name
    description: Album of the track.
  - name: reason_start
    description: Why it began.
  - name: is_shuffle
    description: Whether shuffle was on.
  - name: platform_family
    description: Kind of player.
  - name: hour_of_day
    description: Local hour, 0 to 23; null for a next play.
  - name: day_of_week
    description: Local day, 1 = Sunday to 7 = Saturday; null for a next play.
---*/

with

plays as (

    select *, {{> local_time moment='ended_at'}} as local_ended_at

    from {{ref 'plays'}}

    where media_type = 'track'
    and source_kind = 'extended'
    and song_id is not null

),

platform_families as (

    select * from {{ref 'platform_families'}}

),

plays_described as (

    select
        plays.play_id,
        plays.ended_at,
        false as is_next,
        plays.is_skipped,
        plays.song_id,
        plays.artist_key,
        plays.album_name,
        coalesce(nullif(plays.reason_start, ''), 'unknown') as reason_start,
        plays.is_shuffle,
        coalesce(platform_families.platform_family, 'unknown') as platform_family,
        hour(plays.local_ended_at) as hour_of_day,
        {{> day_of_week day='plays.local_ended_at'}} as day_of_week

    from plays

    left join platform_families
        on plays.platform = platform_families.platform

),

songs_next as (

    select
        cast(null as varchar) as play_id,
        max(max(ended_at)) over () + interval '1' day as ended_at,
        true as is_next,
        cast(null as boolean) as is_skipped,
        song_id,
        max_by(artist_key, (ended_at, play_id)) as artist_key,
        max_by(album_name, (ended_at, play_id)) as album_name,
        'trackdone' as reason_start,
        false as is_shuffle,
        last_value(max_by(platform_family, (ended_at, play_id))) over (
            order by max(ended_at), song_id
            rows between unbounded preceding and unbounded following
        ) as platform_family,
        cast(null as bigint) as hour_of_day,
        cast(null as bigint) as day_of_week

    from plays_described

    group by song_id

),

moments as (

    select * from plays_described

    union all

    select * from songs_next

)

select * from moments
