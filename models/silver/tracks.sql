/*---
description: One row a track id that was ever played, under its latest names.
columns:
  - name: track_id
    description: Spotify's id of the track.
    data_tests: [unique, not_null]
  - name: song_id
    description: Song by title and artist, so that versions meet; by track id where it has no names.
    data_tests: [not_null]
  - name: track_name
    description: Title of the track at its latest sighting.
  - name: artist_name
    description: Artist of its album at its latest sighting.
  - name: artist_key
    description: That artist without case, accents and punctuation, by which spellings meet.
  - name: album_name
    description: Album at its latest sighting.
  - name: duration_ms
    description: >-
      Length in milliseconds from the Web API or the catalogue; otherwise the most frequent one of the plays that
      reached the end, of several the longest. Null where neither tells.
    data_tests:
      - range: { min: 1, severity: warn }
  - name: first_played_at
    description: End of its first play, UTC.
    data_tests: [not_null]
  - name: last_played_at
    description: End of its latest play, UTC.
    data_tests: [not_null]
  - name: play_count
    description: Plays of any length.
    data_tests: [not_null]
---*/

with

play_sightings as (

    select * from {{ref 'play_sightings'}}

    where is_kept
    and track_id is not null

),

catalogue_tracks as (

    select track_id, duration_ms from {{ref 'catalogue_tracks'}}

),

api_tracks as (

    select track_id, duration_ms from {{ref 'api_tracks'}}

),

names_ranked as (

    select
        track_id,
        track_name,
        artist_name,
        album_name,
        {{> song_title title='track_name'}} as song_title,
        {{> normalised name='artist_name'}} as artist_key,
        row_number() over (
            partition by track_id
            order by
                track_name is null, ended_at desc, offline_at desc, track_name, artist_name,
                album_name
        ) as name_rank

    from play_sightings

),

latest_names as (

    select * from names_ranked
    where name_rank = 1

),

lengths_heard as (

    select
        track_id,
        if(reason_end = 'trackdone', nullif(ms_played, 0), null) as completed_ms,
        ended_at

    from play_sightings

),

lengths_counted as (

    select
        track_id,
        completed_ms,
        count(*) as play_count,
        min(ended_at) as first_played_at,
        max(ended_at) as last_played_at

    from lengths_heard

    group by track_id, completed_ms

),

plays_counted as (

    select
        track_id,
        max_by(completed_ms, row(play_count, completed_ms))
            filter (where completed_ms is not null) as completed_ms,
        cast(sum(play_count) as bigint) as play_count,
        min(first_played_at) as first_played_at,
        max(last_played_at) as last_played_at

    from lengths_counted

    group by track_id

),

tracks_identified as (

    select
        latest_names.track_id,
        coalesce(
            {{> song_id title='latest_names.song_title' artist_key='latest_names.artist_key'}},
            {{> md5_text of='latest_names.track_id'}}
        ) as song_id,
        latest_names.track_name,
        latest_names.artist_name,
        latest_names.artist_key,
        latest_names.album_name,
        coalesce(
            api_tracks.duration_ms,
            catalogue_tracks.duration_ms,
            plays_counted.completed_ms
        ) as duration_ms,
        plays_counted.first_played_at,
        plays_counted.last_played_at,
        plays_counted.play_count

    from latest_names

    inner join plays_counted
        on latest_names.track_id = plays_counted.track_id

    left join catalogue_tracks
        on latest_names.track_id = catalogue_tracks.track_id

    left join api_tracks
        on latest_names.track_id = api_tracks.track_id

)

select * from tracks_identified
