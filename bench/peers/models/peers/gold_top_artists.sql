select
    artist_name,
    count(*) as plays,
    count(distinct track_id) as distinct_tracks,
    sum(ms_played) / 3600000.0 as hours,
    min(played_at) as first_played_at,
    max(played_at) as last_played_at
from {{ref 'silver_listening_with_features'}}
where artist_name is not null
group by artist_name
qualify row_number() over (order by count(*) desc, artist_name) <= 100
